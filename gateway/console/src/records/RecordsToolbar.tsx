import { Group, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';

export type View = 'all' | 'changes';

interface Props {
  view: View;
  onView: (view: View) => void;
  streams: readonly string[];
  stream: string | null;
  onStream: (stream: string | null) => void;
  search: string;
  onSearch: (search: string) => void;
}

/** Which records are shown. Changes come in their order, so the search by key is for the others. */
export function RecordsToolbar(props: Props) {
  return (
    <Group gap="sm">
      <SegmentedControl
        aria-label="Which records"
        value={props.view}
        onChange={(view) => props.onView(view as View)}
        data={[
          { value: 'all', label: 'All records' },
          { value: 'changes', label: 'Changed by the last run' },
        ]}
      />
      <NativeSelect
        aria-label="Stream"
        value={props.stream ?? ''}
        onChange={(event) => props.onStream(event.currentTarget.value || null)}
        data={[
          { value: '', label: 'Every stream' },
          ...props.streams.map((name) => ({ value: name, label: name })),
        ]}
      />
      <TextInput
        flex={1}
        miw={200}
        aria-label="Search by the beginning of the key"
        placeholder="Key begins with…"
        leftSection={<IconSearch size={16} aria-hidden />}
        disabled={props.view === 'changes'}
        value={props.search}
        onChange={(event) => props.onSearch(event.currentTarget.value)}
      />
    </Group>
  );
}
