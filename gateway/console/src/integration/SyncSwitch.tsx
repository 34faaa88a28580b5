import { Switch } from '@mantine/core';
import type { IntegrationState } from '../api/types';
import { useSyncSettings } from './useSyncSettings';

/** Switches scheduled syncs on and off. It shows the new position while the server is asked. */
export function SyncSwitch({ integration }: { integration: IntegrationState }) {
  const settings = useSyncSettings(integration);
  const asked = settings.isPending ? settings.variables.syncEnabled : undefined;
  const enabled = asked ?? integration.syncEnabled;
  return (
    <Switch
      aria-label={`Scheduled syncs of ${integration.name}`}
      title={enabled ? 'Scheduled syncs are on' : 'Scheduled syncs are off'}
      checked={enabled}
      disabled={settings.isPending}
      onChange={(event) => settings.mutate({ syncEnabled: event.currentTarget.checked })}
    />
  );
}
