import { Button, Group, NativeSelect } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router';
import { SearchField } from './SearchField';
import type { Order, Selection } from './selection';

interface Props {
  selection: Selection;
  onSearch: (search: string) => void;
  onOrder: (order: Order) => void;
}

/** Search, order, and the way to a new integration. */
export function Toolbar({ selection, onSearch, onOrder }: Props) {
  return (
    <Group gap="sm">
      <SearchField search={selection.search} onSearch={onSearch} />
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
