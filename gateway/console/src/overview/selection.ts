import type { IntegrationState } from '../api/types';
import { conditionOf, CONDITIONS, type Condition } from '../integration/condition';

export type Order = 'name' | 'attention' | 'next';

export interface Selection {
  /** Part of a name or external id, whatever its case. */
  search: string;
  /** Null: all. */
  condition: Condition | null;
  order: Order;
}

const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

const byName = (a: IntegrationState, b: IntegrationState): number =>
  names.compare(a.name, b.name) || (a.id < b.id ? -1 : 1);

// What an admin has to look at first.
const URGENCY: Record<Condition, number> = {
  disabled: 0,
  failing: 1,
  waiting: 2,
  syncing: 3,
  fresh: 4,
};

const nextTime = ({ nextSyncAt }: IntegrationState): number =>
  nextSyncAt === null ? Infinity : Date.parse(nextSyncAt);

const ORDERS: Record<Order, (a: IntegrationState, b: IntegrationState) => number> = {
  name: byName,
  attention: (a, b) => URGENCY[conditionOf(a)] - URGENCY[conditionOf(b)] || byName(a, b),
  next: (a, b) => {
    const difference = nextTime(a) - nextTime(b);
    return Number.isNaN(difference) || difference === 0 ? byName(a, b) : difference;
  },
};

/** The integrations that a selection shows, in its order. */
export function select(
  integrations: Iterable<IntegrationState>,
  { search, condition, order }: Selection,
): IntegrationState[] {
  const wanted = search.trim().toLowerCase();
  return [...integrations]
    .filter(
      (integration) =>
        (condition === null || conditionOf(integration) === condition) &&
        (wanted === '' ||
          integration.name.toLowerCase().includes(wanted) ||
          integration.id === wanted ||
          (integration.externalId ?? '').toLowerCase().includes(wanted)),
    )
    .sort(ORDERS[order]);
}

/** A selection as the address of the page says it; what it says wrong is left out. */
export function selectionOf(parameters: URLSearchParams): Selection {
  const condition = CONDITIONS.find((known) => known === parameters.get('status')) ?? null;
  const order = (['name', 'attention', 'next'] as const).find(
    (known) => known === parameters.get('order'),
  );
  return { search: parameters.get('q') ?? '', condition, order: order ?? 'name' };
}
