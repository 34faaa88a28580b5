import { Group, Paper, SimpleGrid, Text, UnstyledButton } from '@mantine/core';
import { CONDITIONS, type Condition } from '../integration/condition';
import { CONDITION_LOOKS, StatusLight } from '../integration/StatusLight';
import { formatCount } from '../time/words';

interface Props {
  counts: Record<Condition, number>;
  selected: Condition | null;
  onSelect: (condition: Condition | null) => void;
}

/** How many integrations are in which condition. Each counter is also the filter for it. */
export function Counters({ counts, selected, onSelect }: Props) {
  return (
    <SimpleGrid
      cols={{ base: 3, md: 5 }}
      spacing={{ base: 6, sm: 'sm' }}
      role="group"
      aria-label="Filter by status"
    >
      {CONDITIONS.map((condition) => (
        <UnstyledButton
          key={condition}
          aria-pressed={selected === condition}
          onClick={() => onSelect(selected === condition ? null : condition)}
        >
          <Paper
            withBorder
            px="sm"
            py={8}
            style={
              selected === condition
                ? { outline: '2px solid var(--mantine-primary-color-filled)' }
                : undefined
            }
          >
            <Group gap="sm" wrap="nowrap">
              <StatusLight condition={condition} size={26} />
              <div>
                <Text fw={650} size="lg" lh={1.1}>
                  {formatCount(counts[condition])}
                </Text>
                <Text size="xs" c="dimmed">
                  {CONDITION_LOOKS[condition].label}
                </Text>
              </div>
            </Group>
          </Paper>
        </UnstyledButton>
      ))}
    </SimpleGrid>
  );
}
