import { ActionIcon, Button, Group, Menu, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import {
  IconDatabase,
  IconDots,
  IconHelpCircle,
  IconHistory,
  IconPencil,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
} from '@tabler/icons-react';
import { Link } from 'react-router';
import type { IntegrationState } from '../api/types';
import { startSync, useCancelSync, useDeleteIntegration, useSyncNow } from './useSyncActions';

interface Props {
  integration: IntegrationState;
  onShowHistory: (id: string) => void;
}

/** Everything that can be done with an integration. */
export function CardActions({ integration, onShowHistory }: Props) {
  const { id, name } = integration;
  const syncNow = useSyncNow(integration);
  const cancel = useCancelSync(integration);
  const remove = useDeleteIntegration(integration);
  const button = { size: 'compact-sm', variant: 'default' } as const;
  const icon = { size: 15, stroke: 1.8, 'aria-hidden': true } as const;

  function askToDelete(): void {
    modals.openConfirmModal({
      title: `Delete ${name}?`,
      children: (
        <Text size="sm">
          Its credentials and all its records are erased, and a running sync is cancelled. That
          cannot be undone. To pause it, switch its syncs off instead.
        </Text>
      ),
      labels: { confirm: 'Delete', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => remove.mutate(),
    });
  }

  return (
    <Group gap={6} wrap="nowrap">
      {integration.activeSync === null ? (
        <Button
          {...button}
          w={108}
          leftSection={<IconPlayerPlay {...icon} />}
          loading={syncNow.isPending}
          disabled={integration.type === 'MANUAL'}
          onClick={() => startSync(syncNow)}
        >
          Sync now
        </Button>
      ) : (
        <Button
          {...button}
          w={108}
          leftSection={<IconPlayerStop {...icon} />}
          loading={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </Button>
      )}
      <Button
        {...button}
        leftSection={<IconHistory {...icon} />}
        onClick={() => onShowHistory(id)}
        aria-label={`View History of ${name}`}
      >
        History
      </Button>
      <Button
        {...button}
        component={Link}
        to={`/integrations/${id}/edit`}
        leftSection={<IconPencil {...icon} />}
        aria-label={`Edit ${name}`}
      >
        Edit
      </Button>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" ml="auto" aria-label={`More of ${name}`}>
            <IconDots {...icon} size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            component={Link}
            to={`/integrations/${id}/records`}
            leftSection={<IconDatabase {...icon} />}
          >
            Records
          </Menu.Item>
          <Menu.Item
            component={Link}
            to={`/system?why=${id}`}
            leftSection={<IconHelpCircle {...icon} />}
          >
            Why is it like this?
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash {...icon} />} onClick={askToDelete}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
