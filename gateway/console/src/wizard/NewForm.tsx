import { useState } from 'react';
import { useNavigate } from 'react-router';
import { currentTenant } from '../api/tenant';
import type { Connector } from '../api/types';
import { DraftContext, useDraft, type Mistake } from '../schema/draft';
import { emptyValue, type Schema } from '../schema/jsonSchema';
import type { JsonObject } from '../schema/pointer';
import { newDraft } from './integrationDraft';
import { LeaveGuard } from './LeaveGuard';
import { NEW_STEPS } from './steps';
import { useCreate } from './useSave';
import { Wizard } from './Wizard';

/** The form of a new integration; once it is created, its first sync is shown. */
export function NewForm({ connectors }: { connectors: readonly Connector[] }) {
  const [initial] = useState(() => firstDraft(connectors));
  const store = useDraft(initial);
  const navigate = useNavigate();
  const create = useCreate();
  const isSaved = create.data?.kind === 'saved';

  async function save(): Promise<readonly Mistake[]> {
    const outcome = await create.mutateAsync(store.draft);
    if (outcome.kind === 'refused') return outcome.mistakes;
    // The new integration is due at once: what happens first is what there is to see.
    setTimeout(() => void navigate(`/?history=${outcome.integration.id}`));
    return [];
  }

  return (
    <DraftContext value={store}>
      <LeaveGuard isDirty={store.isDirty && !isSaved} />
      <Wizard
        steps={NEW_STEPS}
        connectors={connectors}
        saved={null}
        saveLabel="Create and sync"
        isSaving={create.isPending}
        onSave={save}
        onCancel={() => void navigate('/')}
      />
    </DraftContext>
  );
}

// Where there is only one type to choose, it is chosen.
function firstDraft(connectors: readonly Connector[]): JsonObject {
  const [only, ...others] = connectors.filter(({ available }) => available);
  if (only === undefined || others.length > 0) return newDraft(currentTenant());
  const schema = only.configSchema as Schema;
  return { ...newDraft(currentTenant()), type: only.type, config: emptyValue(schema, schema) };
}
