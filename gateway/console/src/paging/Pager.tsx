import { Button, Group, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconChevronsLeft } from '@tabler/icons-react';
import { formatCount } from '../time/words';

interface Props {
  /** What the rows are: "runs". */
  noun: string;
  /** The words on the buttons. */
  words: { first: string; back: string; next: string };
  /** From 1. */
  page: number;
  pageSize: number;
  rows: number;
  /** How many rows there are in all, in words; null while unknown. */
  total: string | null;
  /** Null where there is nothing further. */
  onFirst: (() => void) | null;
  onBack: (() => void) | null;
  onNext: (() => void) | null;
}

/** Goes through pages that are read by cursors, which stay as they are while rows come in. */
export function Pager({ noun, words, page, pageSize, rows, total, ...go }: Props) {
  const first = (page - 1) * pageSize + 1;
  const button = { variant: 'default', size: 'xs' } as const;
  const icon = { size: 16, 'aria-hidden': true } as const;
  return (
    <Group justify="space-between" component="nav" aria-label={`Pages of ${noun}`}>
      <Text size="sm" c="dimmed" role="status">
        {rows === 0 ? `No ${noun}` : `${formatCount(first)}–${formatCount(first + rows - 1)}`}
        {rows > 0 && total !== null && ` of ${total}`}
      </Text>
      <Group gap="xs">
        <Button
          {...button}
          leftSection={<IconChevronsLeft {...icon} />}
          disabled={go.onFirst === null}
          onClick={go.onFirst ?? undefined}
        >
          {words.first}
        </Button>
        <Button
          {...button}
          leftSection={<IconChevronLeft {...icon} />}
          disabled={go.onBack === null}
          onClick={go.onBack ?? undefined}
        >
          {words.back}
        </Button>
        <Text size="sm" miw={60} ta="center">
          Page {formatCount(page)}
        </Text>
        <Button
          {...button}
          rightSection={<IconChevronRight {...icon} />}
          disabled={go.onNext === null}
          onClick={go.onNext ?? undefined}
        >
          {words.next}
        </Button>
      </Group>
    </Group>
  );
}
