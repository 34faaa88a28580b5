import { AppShell, Group } from '@mantine/core';
import { Outlet, ScrollRestoration } from 'react-router';
import { useLiveStream } from '../live/useLive';
import { ConnectionBanner } from './ConnectionBanner';
import { HeaderTools } from './HeaderTools';
import { Logo } from './Logo';
import { PageLinks } from './PageLinks';

/** The frame around every page. It holds the live connection open. */
export function Shell() {
  useLiveStream();
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: { sm: 200, lg: 220 }, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: 56, sm: 0 } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Logo />
          <HeaderTools />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages" visibleFrom="sm">
        <PageLinks />
      </AppShell.Navbar>
      <AppShell.Main>
        <ConnectionBanner />
        <Outlet />
      </AppShell.Main>
      <AppShell.Footer hiddenFrom="sm" p={4}>
        <Group component="nav" aria-label="Pages" grow gap={4} h="100%" wrap="nowrap">
          <PageLinks />
        </Group>
      </AppShell.Footer>
      <ScrollRestoration />
    </AppShell>
  );
}
