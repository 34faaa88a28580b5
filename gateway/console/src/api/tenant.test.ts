import { describe, expect, it } from 'vitest';
import { withTenant } from './tenant';

describe('withTenant', () => {
  it.each([
    ['/api/integrations/7?x=1', 'acme & co', '/api/integrations/7?x=1&tenantId=acme+%26+co'],
    ['/api/integrations/7/sync', 'acme', '/api/integrations/7/sync?tenantId=acme'],
    ['/api/integrations/check', 'acme', '/api/integrations/check'],
    ['/api/events', 'acme', '/api/events?tenantId=acme'],
    ['/api/sync-logs/7/cancel', 'acme', '/api/sync-logs/7/cancel?tenantId=acme'],
    ['/api/session', 'acme', '/api/session'],
    ['/api/integrations', 'acme', '/api/integrations'],
    ['/api/events', '', '/api/events'],
  ])('%s of %s', (path, tenant, expected) => {
    expect(withTenant(`http://host${path}`, tenant)).toBe(`http://host${expected}`);
  });
});
