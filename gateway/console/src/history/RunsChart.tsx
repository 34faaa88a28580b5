import { BarChart } from '@mantine/charts';
import { Box, Group, Paper, Skeleton, Text } from '@mantine/core';
import '@mantine/charts/styles.css';
import type { SyncLog } from '../api/types';
import { absoluteTime, durationInWords } from '../time/words';
import { ERROR_WORDS, STATUS_LOOKS } from './looks';
import { useNewestRuns } from './useHistory';

const HEIGHT = 130; // pixels

// One series a state: bars of one place are stacked, and each run has a value in its own series only.
const SERIES = (['SUCCESS', 'FAILED', 'RUNNING'] as const).map((status) => ({
  name: status,
  label: STATUS_LOOKS[status].label,
  color: `${STATUS_LOOKS[status].color}.6`,
}));

/** The durations of the last runs, oldest first, coloured by how they ended. */
export function RunsChart({ integrationId }: { integrationId: string }) {
  const { data } = useNewestRuns(integrationId);
  if (data === undefined) return <Skeleton height={HEIGHT} />;
  const runs = data.logs.filter((log) => log.startedAt !== null).reverse();
  if (runs.length === 0) return null;
  return (
    <Box role="img" aria-label={`Durations of the last ${runs.length} runs: ${summary(runs)}`}>
      <BarChart
        h={HEIGHT}
        type="stacked"
        data={runs.map((log) => ({ id: log.id, log, [log.status]: log.duration / 1000 }))}
        dataKey="id"
        series={SERIES}
        maxBarWidth={16}
        barProps={{ isAnimationActive: false, radius: 2 }}
        withXAxis={false}
        gridAxis="x"
        yAxisProps={{ width: 72 }}
        valueFormatter={(seconds) => durationInWords(seconds * 1000)}
        tooltipAnimationDuration={0}
        tooltipProps={{
          content: ({ payload }) => {
            const bar = payload?.[0]?.payload as { log: SyncLog } | undefined;
            return bar === undefined ? null : <RunTip log={bar.log} />;
          },
        }}
      />
    </Box>
  );
}

function summary(runs: readonly SyncLog[]): string {
  const failed = runs.filter(({ status }) => status === 'FAILED').length;
  const longest = Math.max(...runs.map(({ duration }) => duration));
  return `${failed} failed, the longest took ${durationInWords(longest)}`;
}

function RunTip({ log }: { log: SyncLog }) {
  const outcome =
    log.errorClass === null ? STATUS_LOOKS[log.status].label : ERROR_WORDS[log.errorClass];
  return (
    <Paper withBorder shadow="md" px="sm" py={6}>
      <Group gap={6}>
        <Text size="sm" fw={600}>
          {outcome}
        </Text>
        <Text size="sm">{durationInWords(log.duration)}</Text>
      </Group>
      <Text size="xs" c="dimmed">
        {log.startedAt !== null && absoluteTime(Date.parse(log.startedAt))}
      </Text>
    </Paper>
  );
}
