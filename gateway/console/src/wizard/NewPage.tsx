import { Alert, Loader, Stack, Title } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { explain } from '../api/problem';
import { DraftContext, useDraft, type Mistake } from '../schema/draft';
import { LeaveGuard } from './LeaveGuard';
import { newDraft } from './integrationDraft';
import { NEW_STEPS } from './steps';
import { useConnectors } from './useConnectors';
import { useCreate } from './useSave';
import { Wizard } from './Wizard';

/** Sets up a new integration, and then shows its first sync. */
export function NewPage() {
  const connectors = useConnectors();
  const [initial] = useState(newDraft);
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
    <Stack gap="md">
      <Title order={1} size="h2">
        New integration
      </Title>
      {connectors.error !== null && (
        <Alert color="red" title="The types of integration could not be read">
          {explain(connectors.error)}
        </Alert>
      )}
      {connectors.isPending && <Loader aria-label="Loading" />}
      {connectors.data !== undefined && (
        <DraftContext value={store}>
          <LeaveGuard isDirty={store.isDirty && !isSaved} />
          <Wizard
            steps={NEW_STEPS}
            connectors={connectors.data}
            saved={null}
            saveLabel="Create and sync"
            isSaving={create.isPending}
            onSave={save}
            onCancel={() => void navigate('/')}
          />
        </DraftContext>
      )}
    </Stack>
  );
}
