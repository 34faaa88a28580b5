import { NavLink } from '@mantine/core';
import { IconLayoutGrid, IconPlus, IconServer2 } from '@tabler/icons-react';
import { Link, useLocation } from 'react-router';

const PAGES = [
  { to: '/', label: 'Integrations', icon: IconLayoutGrid },
  { to: '/integrations/new', label: 'New', icon: IconPlus },
  { to: '/system', label: 'System', icon: IconServer2 },
];

/** The links to the console's main pages. */
export function PageLinks() {
  const { pathname } = useLocation();
  return PAGES.map((page) => (
    <NavLink
      key={page.to}
      component={Link}
      to={page.to}
      active={pathname === page.to}
      aria-current={pathname === page.to ? 'page' : undefined}
      label={page.label}
      noWrap
      leftSection={<page.icon size={18} stroke={1.7} aria-hidden />}
      style={{ borderRadius: 'var(--mantine-radius-md)' }}
    />
  ));
}
