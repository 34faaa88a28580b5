import { Button, Group } from '@mantine/core';
import { IconHistory, IconPencil, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { IntegrationState } from '../api/types';
import { CardMenu } from './CardMenu';
import { startSync, useCancelSync, useSyncNow } from './useSyncActions';

const BUTTON = { size: 'compact-sm', variant: 'default' } as const;
const ICON = { size: 15, stroke: 1.8, 'aria-hidden': true } as const;
const FIRST_WIDTH = 108; // pixels; the first button changes its word, not its size

interface Props {
  integration: IntegrationState;
  onShowHistory: (id: string) => void;
}

/** Everything that can be done with an integration. */
export function CardActions({ integration, onShowHistory }: Props) {
  const { id, name } = integration;
  return (
    <Group gap={6} wrap="nowrap">
      {integration.activeSync === null ? (
        <SyncButton integration={integration} />
      ) : (
        <CancelButton integration={integration} />
      )}
      <Button
        {...BUTTON}
        leftSection={<IconHistory {...ICON} />}
        onClick={() => onShowHistory(id)}
        aria-label={`View History of ${name}`}
      >
        History
      </Button>
      <Button
        {...BUTTON}
        component={Link}
        to={`/integrations/${id}/edit`}
        leftSection={<IconPencil {...ICON} />}
        aria-label={`Edit ${name}`}
      >
        Edit
      </Button>
      <CardMenu integration={integration} />
    </Group>
  );
}

function SyncButton({ integration }: { integration: IntegrationState }) {
  const syncNow = useSyncNow(integration);
  return (
    <Button
      {...BUTTON}
      w={FIRST_WIDTH}
      leftSection={<IconPlayerPlay {...ICON} />}
      loading={syncNow.isPending}
      disabled={integration.type === 'MANUAL'}
      onClick={() => startSync(syncNow)}
    >
      Sync now
    </Button>
  );
}

function CancelButton({ integration }: { integration: IntegrationState }) {
  const cancel = useCancelSync(integration);
  return (
    <Button
      {...BUTTON}
      w={FIRST_WIDTH}
      leftSection={<IconPlayerStop {...ICON} />}
      loading={cancel.isPending}
      onClick={() => cancel.mutate()}
    >
      Cancel
    </Button>
  );
}
