import { Button, CloseButton, Group, NativeSelect, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useRef } from 'react';
import { Link } from 'react-router';
import type { Order, Selection } from './selection';

interface Props {
  selection: Selection;
  onSearch: (search: string) => void;
  onOrder: (order: Order) => void;
}

/** Search, order, and the way to a new integration. "/" goes to the search. */
export function Toolbar({ selection, onSearch, onOrder }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useHotkeys([['/', () => input.current?.focus()]]);
  return (
    <Group gap="sm">
      <TextInput
        ref={input}
        flex={1}
        miw={200}
        aria-label="Search by name or external id"
        placeholder="Search by name or external id ( / )"
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          selection.search === '' ? null : (
            <CloseButton size="sm" aria-label="Clear the search" onClick={() => onSearch('')} />
          )
        }
        value={selection.search}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      <NativeSelect
        aria-label="Order"
        value={selection.order}
        onChange={(event) => onOrder(event.currentTarget.value as Order)}
        data={[
          { value: 'name', label: 'By name' },
          { value: 'attention', label: 'Problems first' },
          { value: 'next', label: 'Next sync first' },
        ]}
      />
      <Button
        component={Link}
        to="/integrations/new"
        leftSection={<IconPlus size={16} aria-hidden />}
      >
        New integration
      </Button>
    </Group>
  );
}
