import { Alert, Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { explain } from '../api/problem';
import { streamNames } from '../integration/streams';
import { useDraftStore } from '../schema/draft';
import { CheckReport } from './CheckReport';
import { stepOf, type Step } from './steps';
import type { CheckOutcome } from './useCheck';

export interface Check {
  stream: string;
  isPending: boolean;
  error: Error | null;
  outcome: CheckOutcome | undefined;
  /** Where the failure is; null when no field is to blame. */
  place: string | null;
  needsSecretsAgain: boolean;
  run: (stream: string) => void;
}

interface Props {
  check: Check;
  onGoTo: (step: Step) => void;
}

/** Tries the connection: fetches one page and shows what it would become. Nothing is written. */
export function TestStep({ check, onGoTo }: Props) {
  const { draft } = useDraftStore();
  const streams = streamNames(draft.config);
  const { outcome, place } = check;
  const step = place === null ? null : stepOf(place);
  return (
    <Stack gap="md">
      <Group align="flex-end">
        <NativeSelect
          label="Stream"
          value={check.stream}
          disabled={check.isPending}
          data={streams}
          onChange={(event) => check.run(event.currentTarget.value)}
        />
        <Button
          leftSection={<IconPlugConnected size={18} aria-hidden />}
          loading={check.isPending}
          disabled={check.stream === ''}
          onClick={() => check.run(check.stream)}
        >
          Test connection
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        One page is fetched as a sync would do it, and shown as it would be stored. Nothing is
        written.
      </Text>
      {check.needsSecretsAgain && (
        <Alert color="indigo" title="The stored secrets cannot be tried with a changed connection">
          Type the secrets again in the connection to test it now, or save first and test then.
        </Alert>
      )}
      {check.error !== null && (
        <Alert color="red" title="The test could not be run">
          {explain(check.error)}
        </Alert>
      )}
      {outcome?.kind === 'checked' && (
        <CheckReport outcome={outcome} onShowField={step === null ? null : () => onGoTo(step)} />
      )}
    </Stack>
  );
}
