import { ActionIcon, Badge, Group, Tooltip, useMantineColorScheme } from '@mantine/core';
import { useComputedColorScheme } from '@mantine/core';
import { IconBook2, IconLogout, IconMoon, IconSun } from '@tabler/icons-react';
import { useSession, useSignOut } from '../api/session';
import { TenantPicker } from './TenantPicker';
import { useConnection, type Connection } from '../live/useLive';

const CONNECTIONS: Record<Connection, { label: string; color: string; hint: string }> = {
  connecting: { label: 'Connecting', color: 'gray', hint: 'Asking the gateway for changes' },
  live: { label: 'Live', color: 'green', hint: 'Changes are shown within a second' },
  behind: { label: 'Behind', color: 'orange', hint: 'The gateway hears from no scheduler' },
  lost: { label: 'Offline', color: 'red', hint: 'The gateway does not answer' },
};

/** The right end of the header: the live connection, the API's page, the theme, the way out. */
export function HeaderTools() {
  const connection = CONNECTIONS[useConnection()];
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const { data: session } = useSession();
  const signOut = useSignOut();
  const theme = isDark ? 'Use the light theme' : 'Use the dark theme';

  return (
    <Group gap="xs" wrap="nowrap">
      <Tooltip label={connection.hint}>
        <Badge variant="dot" color={connection.color} role="status" style={{ flexShrink: 0 }}>
          {connection.label}
        </Badge>
      </Tooltip>
      <TenantPicker />
      <Tooltip label="The REST API">
        <ActionIcon
          component="a"
          href="/api/docs"
          variant="subtle"
          color="gray"
          size="lg"
          aria-label="The REST API"
        >
          <IconBook2 size={19} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={theme}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={theme}
          onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
        >
          {isDark ? <IconSun size={19} stroke={1.7} /> : <IconMoon size={19} stroke={1.7} />}
        </ActionIcon>
      </Tooltip>
      {session?.authenticationRequired && (
        <Tooltip label={`Sign out${session.tokenName === null ? '' : ` ${session.tokenName}`}`}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label="Sign out"
            onClick={() => signOut.mutate()}
          >
            <IconLogout size={19} stroke={1.7} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}
