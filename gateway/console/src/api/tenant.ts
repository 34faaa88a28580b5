// The tenant whose integrations the console shows. It is chosen for the whole browser, and a change
// loads the page anew: nothing of one tenant stays while another one is shown.

const KEY = 'syncline.tenant';

// What names something of a tenant. Bodies that make or check an integration name it themselves.
const SCOPED = /^\/api\/(events$|sync-logs\/|integrations\/(?!check$))/;

/** The tenant; empty for the default one. */
export function currentTenant(): string {
  return localStorage.getItem(KEY) ?? '';
}

export function chooseTenant(tenant: string): void {
  if (tenant === '') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, tenant);
  window.location.assign('/');
}

/** An address of the API with the tenant that it is asked within. */
export function withTenant(address: string, tenant: string): string {
  const url = new URL(address);
  if (tenant !== '' && SCOPED.test(url.pathname)) url.searchParams.set('tenantId', tenant);
  return url.href;
}
