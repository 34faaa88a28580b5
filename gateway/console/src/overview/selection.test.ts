import { describe, expect, it } from 'vitest';
import { integrationOf } from '../testing/samples';
import { select, selectionOf } from './selection';

const all = [
  integrationOf({ id: '1', name: 'Shop 10', nextSyncAt: '2026-01-01T00:02:00Z' }),
  integrationOf({ id: '2', name: 'shop 9', status: 'FAILING', nextSyncAt: '2026-01-01T00:01:00Z' }),
  integrationOf({
    id: '3',
    name: 'Books',
    externalId: 'crm-7',
    status: 'DISABLED',
    syncEnabled: false,
  }),
];
const ids = (query: string) =>
  select(all, selectionOf(new URLSearchParams(query))).map(({ id }) => id);

describe('select', () => {
  it.each([
    ['', ['3', '2', '1']],
    ['q=SHOP', ['2', '1']],
    ['q=crm', ['3']],
    ['q=nothing', []],
    ['status=failing', ['2']],
    ['status=unknown', ['3', '2', '1']],
    ['order=attention', ['3', '2', '1']],
    ['order=next', ['2', '1', '3']],
    ['q=shop&status=fresh', ['1']],
  ])('%s', (query, expected) => {
    expect(ids(query)).toEqual(expected);
  });
});
