import { ActionIcon, Button, Group, Popover, Text, TextInput, Tooltip } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { chooseTenant, currentTenant } from '../api/tenant';

/** Shows and changes the tenant whose integrations are shown. */
export function TenantPicker() {
  const tenant = currentTenant();
  const [name, setName] = useState(tenant);

  function submit(event: FormEvent): void {
    event.preventDefault();
    chooseTenant(name.trim());
  }

  return (
    <Popover width={300} position="bottom-end" trapFocus withArrow>
      <Popover.Target>
        <Tooltip label={tenant === '' ? 'The default tenant' : `Tenant ${tenant}`}>
          {tenant === '' ? (
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Tenant">
              <IconBuilding size={19} stroke={1.7} />
            </ActionIcon>
          ) : (
            <Button variant="light" size="compact-sm" maw={160}>
              {tenant}
            </Button>
          )}
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <TextInput
            label="Tenant"
            description="Empty: the default one"
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="space-between" mt="sm">
            <Text size="xs" c="dimmed">
              The page is loaded anew.
            </Text>
            <Button type="submit" size="compact-sm">
              Show it
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
