import { Box, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { memo, useId } from 'react';
import type { IntegrationState } from '../api/types';
import { intervalInWords } from '../time/words';
import { CardActions } from './CardActions';
import { CardNotice } from './CardNotice';
import { conditionOf } from './condition';
import { LastSyncLine } from './LastSyncLine';
import { NextSyncLine } from './NextSyncLine';
import { StatusLight } from './StatusLight';
import { SyncSwitch } from './SyncSwitch';

/** Every card is as high as that, in pixels, so that nothing moves when something happens to one. */
export const CARD_HEIGHT = 194;

interface Props {
  integration: IntegrationState;
  /** Its place among those shown, from 1, and how many those are. */
  position: number;
  count: number;
  onShowHistory: (id: string) => void;
}

/** An integration at a glance: is it fresh, what happened last, what happens next. */
export const IntegrationCard = memo(function IntegrationCard(props: Props) {
  const { integration, position, count, onShowHistory } = props;
  const titleId = useId();
  return (
    <Paper
      component="article"
      withBorder
      p="sm"
      h={CARD_HEIGHT}
      aria-labelledby={titleId}
      aria-posinset={position}
      aria-setsize={count}
      data-integration={integration.id}
    >
      <Stack gap={6} h="100%">
        <Group wrap="nowrap" gap="sm">
          <StatusLight condition={conditionOf(integration)} />
          <Box flex={1} miw={0}>
            <Title order={2} size="sm" id={titleId} lineClamp={1} title={integration.name}>
              {integration.name}
            </Title>
            <Text size="xs" c="dimmed" truncate>
              {integration.type} · {intervalInWords(integration.syncInterval)}
              {integration.externalId === null ? '' : ` · ${integration.externalId}`}
            </Text>
          </Box>
          <SyncSwitch integration={integration} />
        </Group>
        <Box>
          <LastSyncLine lastSync={integration.lastSync} />
          <NextSyncLine integration={integration} />
        </Box>
        <Box flex={1} mih={0} style={{ overflow: 'hidden' }}>
          <CardNotice integration={integration} />
        </Box>
        <CardActions integration={integration} onShowHistory={onShowHistory} />
      </Stack>
    </Paper>
  );
});
