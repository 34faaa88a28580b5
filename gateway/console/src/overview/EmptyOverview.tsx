import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { IconFilterOff, IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router';

/** What the overview shows before there is an integration. */
export function NoIntegrations() {
  return (
    <Center mih={320}>
      <Stack align="center" gap="sm" maw={420} ta="center">
        <IconPlugConnected size={44} stroke={1.3} aria-hidden />
        <Title order={2} size="h3">
          Connect the first API
        </Title>
        <Text c="dimmed">
          An integration says where an API is, which of its lists to fetch, and how often. Syncline
          keeps the records fresh from then on.
        </Text>
        <Button
          component={Link}
          to="/integrations/new"
          size="md"
          leftSection={<IconPlus size={18} aria-hidden />}
        >
          New integration
        </Button>
      </Stack>
    </Center>
  );
}

/** What the overview shows when search and filter leave nothing. */
export function NothingMatches({ onClear }: { onClear: () => void }) {
  return (
    <Center mih={240}>
      <Stack align="center" gap="sm">
        <IconFilterOff size={36} stroke={1.3} aria-hidden />
        <Text>No integration matches the search and the filter.</Text>
        <Button variant="default" onClick={onClear}>
          Show all
        </Button>
      </Stack>
    </Center>
  );
}
