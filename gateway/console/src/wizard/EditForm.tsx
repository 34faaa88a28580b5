import { Alert } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Connector, Integration } from '../api/types';
import { useLiveIntegration } from '../live/useLive';
import { DraftContext, useDraft, type Mistake } from '../schema/draft';
import { ConflictModal } from './ConflictModal';
import { draftOf } from './integrationDraft';
import { LeaveGuard } from './LeaveGuard';
import { EDIT_STEPS } from './steps';
import { useReplace } from './useSave';
import { Wizard } from './Wizard';

interface Props {
  connectors: readonly Connector[];
  /** The integration as it was when it was opened. */
  opened: Integration;
}

/** The form of a saved integration, and what happens when two people edit it. */
export function EditForm({ connectors, opened }: Props) {
  const navigate = useNavigate();
  const [saved, setSaved] = useState(opened);
  const [initial] = useState(() => draftOf(opened));
  const store = useDraft(initial);
  const replace = useReplace(opened.id);
  const [theirs, setTheirs] = useState<Integration | null>(null);
  const live = useLiveIntegration(opened.id);
  const isOvertaken = live !== undefined && live.version > saved.version && !replace.isPending;
  const isDone = replace.data?.kind === 'saved';

  async function save(version: number): Promise<readonly Mistake[]> {
    const outcome = await replace.mutateAsync({ draft: store.draft, version });
    if (outcome.kind === 'refused') return outcome.mistakes;
    if (outcome.kind === 'overtaken') setTheirs(outcome.theirs);
    else setTimeout(() => void navigate('/'));
    return [];
  }

  function takeTheirs(integration: Integration): void {
    setSaved(integration);
    store.reset(draftOf(integration));
    setTheirs(null);
  }

  function keepMine(integration: Integration): void {
    setTheirs(null);
    setSaved(integration);
    void save(integration.version).then(store.tell, () => undefined); // told by the mutation
  }

  return (
    <DraftContext value={store}>
      <LeaveGuard isDirty={store.isDirty && !isDone} />
      {isOvertaken && !isDone && (
        <Alert color="indigo" title="Somebody else has just changed this integration" maw={980}>
          You see it as it was when you opened it. Saving will show both and ask.
        </Alert>
      )}
      <Wizard
        key={saved.version}
        steps={EDIT_STEPS}
        connectors={connectors}
        saved={saved}
        saveLabel="Save"
        isSaving={replace.isPending}
        onSave={() => save(saved.version)}
        onCancel={() => void navigate('/')}
      />
      <ConflictModal
        mine={store.draft}
        theirs={theirs}
        onTakeTheirs={takeTheirs}
        onKeepMine={keepMine}
        onClose={() => setTheirs(null)}
      />
    </DraftContext>
  );
}
