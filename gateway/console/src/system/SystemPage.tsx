import { Stack, Title } from '@mantine/core';
import { ExecutorsTable } from './ExecutorsTable';
import { QueueFigures } from './QueueFigures';
import { WhyPanel } from './WhyPanel';

/** How the system itself is doing: the queue, the executors, and why an integration is as it is. */
export function SystemPage() {
  return (
    <Stack gap="lg">
      <Title order={1} size="h2">
        System
      </Title>
      <QueueFigures />
      <ExecutorsTable />
      <WhyPanel />
    </Stack>
  );
}
