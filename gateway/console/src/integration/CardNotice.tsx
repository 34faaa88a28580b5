import { Box, Button, Group, Progress, Text } from '@mantine/core';
import type { IntegrationState, SyncLog } from '../api/types';
import { counted } from '../time/words';
import { waitInWords } from './condition';
import { useSyncSettings } from './useSyncSettings';

/** What needs saying of an integration beyond its schedule: progress, a warning, or that it is off. */
export function CardNotice({ integration }: { integration: IntegrationState }) {
  const { activeSync, blockedReason, disabledReason, lastSync, syncEnabled } = integration;
  if (activeSync?.status === 'RUNNING') return <RunProgress log={activeSync} />;
  if (activeSync !== null && activeSync.waitReason !== 'BACKOFF') {
    return <Text size="sm">{activeSync.waitDetail || waitInWords(activeSync.waitReason)}</Text>;
  }
  if (!syncEnabled && disabledReason) {
    return <DisabledNotice integration={integration} reason={disabledReason} />;
  }
  if (blockedReason) return <Warning text={`Blocked: ${blockedReason}`} />;
  if (lastSync?.status === 'FAILED') {
    return (
      <Warning text={lastSync.errorMessage ?? lastSync.errorClass ?? 'The last sync failed.'} />
    );
  }
  return null;
}

function RunProgress({ log }: { log: SyncLog }) {
  const { pages, fetched } = log.counts;
  const words = `${counted(pages, 'page')}, ${counted(fetched, 'record')}`;
  return (
    <Box>
      <Progress.Root size="sm">
        <Progress.Section
          value={100}
          color="yellow"
          striped
          animated
          aria-label={`Syncing: ${words}`}
        />
      </Progress.Root>
      <Text size="sm" mt={6}>
        {words} so far
      </Text>
    </Box>
  );
}

function Warning({ text }: { text: string }) {
  return (
    <Text size="sm" c="var(--mantine-color-error)" className="clamp" lh={1.35} title={text}>
      {text}
    </Text>
  );
}

interface DisabledProps {
  integration: IntegrationState;
  reason: string;
}

function DisabledNotice({ integration, reason }: DisabledProps) {
  const settings = useSyncSettings(integration);
  return (
    <Group
      wrap="nowrap"
      gap="xs"
      px={8}
      py={4}
      bg="var(--mantine-color-red-light)"
      style={{ borderRadius: 'var(--mantine-radius-sm)' }}
    >
      <Text
        size="sm"
        fw={600}
        c="var(--mantine-color-error)"
        className="clamp"
        lh={1.3}
        flex={1}
        title={reason}
      >
        Switched off: {reason}
      </Text>
      <Button
        size="compact-sm"
        color="red.9"
        style={{ flexShrink: 0 }}
        loading={settings.isPending}
        onClick={() => settings.mutate({ syncEnabled: true })}
      >
        Enable again
      </Button>
    </Group>
  );
}
