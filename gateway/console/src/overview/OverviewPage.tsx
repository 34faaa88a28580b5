import { SimpleGrid, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { lazy, Suspense, useCallback, useDeferredValue, useMemo } from 'react';
import { countConditions } from '../integration/condition';
import { CARD_HEIGHT } from '../integration/IntegrationCard';
import { useIntegrations } from '../live/useLive';
import { counted, formatCount } from '../time/words';
import { CardGrid } from './CardGrid';
import { Counters } from './Counters';
import { NoIntegrations, NothingMatches } from './EmptyOverview';
import { select } from './selection';
import { Toolbar } from './Toolbar';
import { useSelection } from './useSelection';

const HistoryModal = lazy(async () => ({
  default: (await import('../history/HistoryModal')).HistoryModal,
}));

/** All integrations at a glance. */
export function OverviewPage() {
  const integrations = useIntegrations();
  const { selection, historyOf, change } = useSelection();
  const wanted = useDeferredValue(selection);
  const counts = useMemo(() => countConditions(integrations?.values() ?? []), [integrations]);
  const shown = useMemo(() => select(integrations?.values() ?? [], wanted), [integrations, wanted]);
  const showHistory = useCallback((id: string) => change({ history: id }), [change]);

  return (
    <Stack gap="sm">
      <VisuallyHidden>
        <Title order={1}>Integrations</Title>
      </VisuallyHidden>
      {integrations === null ? (
        <LoadingCards />
      ) : integrations.size === 0 ? (
        <NoIntegrations />
      ) : (
        <>
          <Counters
            counts={counts}
            selected={selection.condition}
            onSelect={(condition) => change({ status: condition })}
          />
          <Toolbar
            selection={selection}
            onSearch={(search) => change({ q: search })}
            onOrder={(order) => change({ order: order === 'name' ? null : order })}
          />
          <Text size="xs" c="dimmed" role="status">
            {shown.length === integrations.size
              ? counted(shown.length, 'integration')
              : `${formatCount(shown.length)} of ${counted(integrations.size, 'integration')}`}
          </Text>
          {shown.length === 0 ? (
            <NothingMatches onClear={() => change({ q: null, status: null })} />
          ) : (
            <CardGrid integrations={shown} onShowHistory={showHistory} />
          )}
        </>
      )}
      {historyOf !== null && (
        <Suspense>
          <HistoryModal integrationId={historyOf} onClose={() => change({ history: null })} />
        </Suspense>
      )}
    </Stack>
  );
}

function LoadingCards() {
  return (
    <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} spacing="sm" aria-busy aria-label="Loading">
      {Array.from({ length: 6 }, (_, index) => (
        <Skeleton key={index} height={CARD_HEIGHT} radius="md" />
      ))}
    </SimpleGrid>
  );
}
