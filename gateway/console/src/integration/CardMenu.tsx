import { ActionIcon, Menu, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconDatabase, IconDots, IconHelpCircle, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { IntegrationState } from '../api/types';
import { useDeleteIntegration } from './useSyncActions';

/** What is seldom done with an integration. The menu itself is made when it is first asked for. */
export function CardMenu({ integration }: { integration: IntegrationState }) {
  const [isOpen, setOpen] = useState<boolean | null>(null);
  const button = (
    <ActionIcon
      variant="subtle"
      color="gray"
      ml="auto"
      aria-label={`More of ${integration.name}`}
      aria-haspopup="menu"
      onClick={isOpen === null ? () => setOpen(true) : undefined}
    >
      <IconDots size={18} stroke={1.8} aria-hidden />
    </ActionIcon>
  );
  if (isOpen === null) return button;
  return (
    <Menu position="bottom-end" withinPortal opened={isOpen} onChange={setOpen}>
      <Menu.Target>{button}</Menu.Target>
      <Items integration={integration} />
    </Menu>
  );
}

function Items({ integration }: { integration: IntegrationState }) {
  const { id, name } = integration;
  const remove = useDeleteIntegration(integration);
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
      confirmProps: { color: 'red.9' },
      onConfirm: () => remove.mutate(),
    });
  }

  return (
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
  );
}
