import { Group, NativeSelect, NumberInput } from '@mantine/core';
import { useState } from 'react';
import { useField } from '../schema/draft';
import { intervalInWords } from '../time/words';

const PRESETS = [300, 900, 1800, 3600, 21_600, 86_400];
const UNITS = [
  { value: '60', label: 'minutes' },
  { value: '3600', label: 'hours' },
  { value: '86400', label: 'days' },
  { value: '1', label: 'seconds' },
];

const MANUAL = 'manual';
const CUSTOM = 'custom';

/** How often to sync: a preset, by hand only, or any other time. */
export function IntervalField() {
  const { value, error, set } = useField('/syncInterval');
  const seconds = typeof value === 'number' ? value : null;
  const [isCustom, setCustom] = useState(seconds !== null && !PRESETS.includes(seconds));
  const [unit, setUnit] = useState(() => unitFor(seconds));

  function choose(choice: string): void {
    setCustom(choice === CUSTOM);
    if (choice === MANUAL) set(null);
    else if (choice !== CUSTOM) set(Number(choice));
    else {
      set(seconds ?? 3600);
      setUnit(unitFor(seconds ?? 3600));
    }
  }

  const choice = isCustom ? CUSTOM : seconds === null ? MANUAL : String(seconds);
  return (
    <Group align="flex-start" gap="sm">
      <NativeSelect
        label="Interval"
        description="Syncs are spread out, and keep to their times even when one is slow"
        name="/syncInterval"
        value={choice}
        error={isCustom ? null : error}
        data={[
          ...PRESETS.map((preset) => ({
            value: String(preset),
            label: intervalInWords(preset) + (preset === 3600 ? ' (default)' : ''),
          })),
          { value: MANUAL, label: 'Manual only' },
          { value: CUSTOM, label: 'Another interval…' },
        ]}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      {isCustom && (
        <>
          <NumberInput
            label="Every"
            description={seconds === null ? ' ' : intervalInWords(seconds)}
            w={220}
            min={0}
            clampBehavior="none"
            value={seconds === null ? '' : seconds / unit}
            error={error}
            onChange={(amount) => {
              if (typeof amount === 'number') set(Math.round(amount * unit));
            }}
          />
          <NativeSelect
            label="Unit"
            description="60 s to 366 days"
            value={String(unit)}
            data={UNITS}
            onChange={(event) => {
              const next = Number(event.currentTarget.value);
              if (seconds !== null) set(Math.round((seconds / unit) * next));
              setUnit(next);
            }}
          />
        </>
      )}
    </Group>
  );
}

/** The largest unit that says an interval in whole numbers, in seconds. */
function unitFor(seconds: number | null): number {
  return [86_400, 3600, 60].find((unit) => seconds !== null && seconds % unit === 0) ?? 1;
}
