import { Fieldset, NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core';
import { useField } from '../schema/draft';
import { useSchema } from '../schema/fieldProps';
import { SchemaField } from '../schema/SchemaField';
import { IntervalField } from './IntervalField';

/** When it is synced, and what happens when that fails: the sync settings. */
export function ScheduleStep() {
  const { root } = useSchema();
  const rateLimit = root.properties?.rateLimit;
  const enabled = useField('/syncEnabled');
  const retries = useField('/maxRetries');
  const timeout = useField('/timeout');
  return (
    <Stack gap="md">
      <Fieldset legend="Sync settings">
        <Stack gap="md">
          <IntervalField />
          <Switch
            label="Scheduled syncs are on"
            description="“Sync now” works either way"
            name="/syncEnabled"
            checked={enabled.value === true}
            error={enabled.error}
            onChange={(event) => enabled.set(event.currentTarget.checked)}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
            <NumberInput
              label="Retries"
              description="After a passing fault, in a row; then syncs are switched off. 0 to 20"
              min={0}
              max={20}
              allowDecimal={false}
              clampBehavior="none"
              name="/maxRetries"
              value={typeof retries.value === 'number' ? retries.value : ''}
              error={retries.error}
              onChange={(value) => retries.set(typeof value === 'number' ? value : null)}
            />
            <NumberInput
              label="Longest run, in seconds"
              description="A run that takes longer is ended. Up to 604,800 (7 days)"
              min={1}
              max={604_800}
              allowDecimal={false}
              clampBehavior="none"
              thousandSeparator=","
              name="/timeout"
              value={typeof timeout.value === 'number' ? timeout.value : ''}
              error={timeout.error}
              onChange={(value) => timeout.set(typeof value === 'number' ? value : null)}
            />
          </SimpleGrid>
        </Stack>
      </Fieldset>
      {rateLimit !== undefined && (
        <SchemaField
          schema={rateLimit}
          pointer="/config/rateLimit"
          name="rateLimit"
          isRequired={false}
        />
      )}
    </Stack>
  );
}
