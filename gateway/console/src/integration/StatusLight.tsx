import { ThemeIcon } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCheck,
  IconClockHour4,
  IconPower,
  IconRefresh,
} from '@tabler/icons-react';
import type { Condition } from './condition';

export const CONDITION_LOOKS = {
  fresh: { label: 'Fresh', color: 'green', icon: IconCheck },
  syncing: { label: 'Syncing', color: 'yellow', icon: IconRefresh },
  waiting: { label: 'Waiting', color: 'yellow', icon: IconClockHour4 },
  failing: { label: 'Failing', color: 'red', icon: IconAlertTriangle },
  disabled: { label: 'Disabled', color: 'red', icon: IconPower },
} as const satisfies Record<Condition, unknown>;

interface Props {
  condition: Condition;
  size?: number;
}

/** The light of a condition. Each has a shape of its own, so that its colour is not needed. */
export function StatusLight({ condition, size = 30 }: Props) {
  const { label, color, icon: Icon } = CONDITION_LOOKS[condition];
  return (
    <ThemeIcon
      color={color}
      variant={condition === 'disabled' ? 'outline' : 'light'}
      radius="xl"
      size={size}
      role="img"
      aria-label={label}
      title={label}
    >
      <Icon
        size={size * 0.58}
        stroke={2.2}
        className={condition === 'syncing' ? 'turning' : undefined}
        aria-hidden
      />
    </ThemeIcon>
  );
}
