import { Anchor, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { streamNames } from '../integration/streams';
import { useDraftStore } from '../schema/draft';
import { isObject, type Json } from '../schema/pointer';
import { counted, intervalInWords } from '../time/words';
import { secretNames } from './integrationDraft';
import { STEP_LABELS, type Step } from './steps';

/** All that will be saved, with the way back to where each thing is changed. */
export function ReviewStep({ onGoTo }: { onGoTo: (step: Step) => void }) {
  const { draft } = useDraftStore();
  const { config } = draft;
  const secrets = secretNames(config);
  return (
    <Stack gap="sm">
      <Part step="connection" onGoTo={onGoTo}>
        <Line name="Name">{String(draft.name) || '–'}</Line>
        {draft.externalId !== '' && <Line name="External id">{String(draft.externalId)}</Line>}
        <Line name="Address">{textAt(config, 'baseUrl') ?? '–'}</Line>
        <Line name="Secrets">
          {secrets.length === 0 ? 'none' : secrets.map((name) => <Code key={name}>{name}</Code>)}
        </Line>
      </Part>
      <Part step="streams" onGoTo={onGoTo}>
        <Line name="Fetches">{streamNames(config).join(', ') || '–'}</Line>
      </Part>
      <Part step="schedule" onGoTo={onGoTo}>
        <Line name="Syncs">
          {intervalInWords(typeof draft.syncInterval === 'number' ? draft.syncInterval : null)}
          {draft.syncEnabled === true ? '' : ', switched off for now'}
        </Line>
        <Line name="Retries">
          {typeof draft.maxRetries === 'number' ? counted(draft.maxRetries, 'time') : 'default'}
        </Line>
        <Line name="Rate limit">
          {isObject(config) && config.rateLimit !== undefined
            ? JSON.stringify(config.rateLimit)
            : 'none of our own'}
        </Line>
      </Part>
    </Stack>
  );
}

function textAt(config: Json | undefined, name: string): string | null {
  const value = isObject(config) ? config[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

interface PartProps {
  step: Step;
  onGoTo: (step: Step) => void;
  children: ReactNode;
}

function Part({ step, onGoTo, children }: PartProps) {
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb={4}>
        <Title order={2} size="sm">
          {STEP_LABELS[step]}
        </Title>
        <Anchor component="button" type="button" size="sm" onClick={() => onGoTo(step)}>
          Change<span hidden> {STEP_LABELS[step]}</span>
        </Anchor>
      </Group>
      {children}
    </Paper>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Group gap="sm" wrap="nowrap" align="baseline">
      <Text size="sm" c="dimmed" w={110} style={{ flexShrink: 0 }}>
        {name}
      </Text>
      <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
        {children}
      </Text>
    </Group>
  );
}
