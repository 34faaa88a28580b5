import {
  Alert,
  Button,
  Group,
  List,
  Paper,
  Stack,
  Stepper,
  Text,
  VisuallyHidden,
} from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { Connector, Integration } from '../api/types';
import { useDraftStore, type Mistake } from '../schema/draft';
import { SchemaContext } from '../schema/fieldProps';
import type { Schema } from '../schema/jsonSchema';
import { ConnectionStep } from './ConnectionStep';
import { ReviewStep } from './ReviewStep';
import { ScheduleStep } from './ScheduleStep';
import { firstWrongStep, homeless, STEP_LABELS, type Step } from './steps';
import { StreamsStep } from './StreamsStep';
import { TestStep } from './TestStep';
import { TypeStep } from './TypeStep';
import { useWizard } from './useWizard';

interface Props {
  steps: readonly Step[];
  connectors: readonly Connector[];
  /** The integration as it is stored; null for a new one. */
  saved: Integration | null;
  saveLabel: string;
  isSaving: boolean;
  /** Saves the draft; gives back what the server finds wrong with it. */
  onSave: () => Promise<readonly Mistake[]>;
  onCancel: () => void;
}

/** An integration's form in steps. A new one is led from step to step, a saved one opens any. */
export function Wizard(props: Props) {
  const { steps, connectors, saved, saveLabel, isSaving, onSave, onCancel } = props;
  const { draft, isDirty } = useDraftStore();
  const connector = connectors.find(({ type }) => type === draft.type);
  const root = (connector?.configSchema ?? {}) as Schema;
  const wizard = useWizard(steps, steps[0] ?? 'connection', saved, root);
  const { step, setStep, show, mistakes } = wizard;
  const isNarrow = useMediaQuery('(max-width: 48em)');
  const active = steps.indexOf(step);
  const isLast = active === steps.length - 1;
  const elsewhere = homeless(mistakes, steps);

  async function save(): Promise<void> {
    const lost = wizard.mistakesOfLostSecrets();
    if (lost.length > 0) show(lost);
    else await onSave().then(show, () => undefined); // a failure is told by who saves
  }

  return (
    <SchemaContext value={{ root, stored: saved?.credentialNames ?? [] }}>
      <Stack gap="md" maw={980}>
        <Stepper
          active={active}
          size="sm"
          onStepClick={(index) => setStep(steps[index] ?? step)}
          allowNextStepsSelect={false}
        >
          {steps.map((each, index) => {
            const isWrong = firstWrongStep(mistakes, [each]) !== null;
            return (
              <Stepper.Step
                key={each}
                label={
                  isNarrow ? (
                    <VisuallyHidden>{STEP_LABELS[each]}</VisuallyHidden>
                  ) : (
                    STEP_LABELS[each]
                  )
                }
                allowStepSelect={saved !== null || index < active}
                color={isWrong ? 'red' : undefined}
                icon={
                  isWrong ? <IconAlertTriangle size={16} aria-label="Needs a look" /> : undefined
                }
                completedIcon={
                  isWrong ? <IconAlertTriangle size={16} aria-label="Needs a look" /> : undefined
                }
              />
            );
          })}
        </Stepper>
        {isNarrow && <Text fw={650}>{STEP_LABELS[step]}</Text>}
        {elsewhere.length > 0 && (
          <Alert color="red" title="The server does not take it">
            <List size="sm">
              {elsewhere.map(({ pointer, detail }, index) => (
                <List.Item key={index}>{[pointer, detail].filter(Boolean).join(': ')}</List.Item>
              ))}
            </List>
          </Alert>
        )}
        <Paper withBorder p={{ base: 'sm', sm: 'lg' }}>
          {fieldsOf(step)}
        </Paper>
        <Group justify="space-between">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Group gap="sm">
            <Button
              variant="default"
              disabled={active === 0}
              onClick={() => setStep(steps[active - 1] ?? step)}
            >
              Back
            </Button>
            {!isLast && (
              <Button
                variant={saved === null ? 'filled' : 'default'}
                loading={wizard.isLeaving}
                disabled={draft.type === null}
                onClick={wizard.next}
              >
                Next
              </Button>
            )}
            {(isLast || saved !== null) && (
              <Button
                loading={isSaving}
                disabled={saved !== null && !isDirty}
                onClick={() => void save()}
              >
                {saveLabel}
              </Button>
            )}
          </Group>
        </Group>
      </Stack>
    </SchemaContext>
  );

  function fieldsOf(shown: Step) {
    switch (shown) {
      case 'type':
        return <TypeStep connectors={connectors} />;
      case 'connection':
        return <ConnectionStep />;
      case 'streams':
        return <StreamsStep />;
      case 'test':
        return <TestStep check={wizard.testing} onGoTo={setStep} />;
      case 'schedule':
        return <ScheduleStep />;
      case 'review':
        return <ReviewStep onGoTo={setStep} />;
    }
  }
}
