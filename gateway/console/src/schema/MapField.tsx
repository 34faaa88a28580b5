import { ActionIcon, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { mistakeWithin, useDraftStore } from './draft';
import { labelOf, type FieldProps } from './fieldProps';
import { isObject, valueAt, type Json, type JsonObject } from './pointer';

interface Row {
  name: string;
  value: Json;
}

/**
 * Names with values. The rows are the field's own, for while one is typed two may have the same name
 * or none; what has a name is in the draft.
 */
export function MapField({ schema, pointer, name, isRequired }: FieldProps) {
  const { draft, mistakes, set } = useDraftStore();
  const [rows, setRows] = useState<Row[]>(() => {
    const value = valueAt(draft, pointer);
    return isObject(value)
      ? Object.entries(value).map(([key, item]) => ({ name: key, value: item }))
      : [];
  });
  const label = labelOf(schema, name);

  function change(next: Row[]): void {
    setRows(next);
    const map: JsonObject = Object.fromEntries(
      next.filter((row) => row.name !== '').map((row) => [row.name, row.value]),
    );
    set(pointer, Object.keys(map).length === 0 && !isRequired ? undefined : map);
  }

  const replaceRow = (index: number, row: Row) => change(rows.toSpliced(index, 1, row));

  return (
    <Input.Wrapper
      label={label}
      description={schema.description}
      error={mistakeWithin(mistakes, pointer)}
      labelElement="div"
    >
      <Stack gap={6} mt={4} mb={4}>
        {rows.map((row, index) => (
          <Group key={index} gap={6} wrap="nowrap">
            <TextInput
              flex={1}
              size="xs"
              aria-label={`Name ${index + 1} of ${label}`}
              placeholder="Name"
              value={row.name}
              onChange={(event) => replaceRow(index, { ...row, name: event.currentTarget.value })}
            />
            <TextInput
              flex={2}
              size="xs"
              aria-label={`Value ${index + 1} of ${label}`}
              placeholder="Value"
              value={String(row.value)}
              onChange={(event) => replaceRow(index, { ...row, value: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove ${row.name || 'this row'} from ${label}`}
              onClick={() => change(rows.toSpliced(index, 1))}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Button
          size="compact-xs"
          variant="default"
          w="fit-content"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setRows([...rows, { name: '', value: '' }])}
        >
          Add to {label.toLowerCase()}
        </Button>
      </Stack>
    </Input.Wrapper>
  );
}
