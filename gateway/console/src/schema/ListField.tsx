import { Accordion, Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { mistakeAt, mistakeWithin, useDraftStore } from './draft';
import { useSchema, type FieldProps } from './fieldProps';
import { emptyValue, resolve } from './jsonSchema';
import { isObject, member, valueAt, type Json } from './pointer';
import { SchemaFields } from './SchemaFields';

/** A list of objects, one of them open at a time. Those with mistakes say so while they are closed. */
export function ListField({ schema, pointer }: FieldProps) {
  const { root } = useSchema();
  const { draft, mistakes, set } = useDraftStore();
  const value = valueAt(draft, pointer);
  const items = Array.isArray(value) ? value : [];
  const item = resolve(root, schema.items ?? {});
  const noun = item.title ?? 'Item';
  const [open, setOpen] = useState<string | null>(items.length === 1 ? '0' : null);
  const error = mistakeAt(mistakes, pointer);

  function add(): void {
    set(member(pointer, items.length), emptyValue(root, schema.items ?? {}));
    setOpen(String(items.length));
  }

  function remove(index: number): void {
    set(pointer, items.toSpliced(index, 1)); // as a whole: mistakes name items by their places
    setOpen(null);
  }

  return (
    <Stack gap="sm">
      {error !== null && <Alert color="red">{error}</Alert>}
      <Accordion variant="contained" value={open} onChange={setOpen} keepMounted={false}>
        {items.map((entry, index) => {
          const place = member(pointer, index);
          const isWrong = mistakeWithin(mistakes, place) !== null;
          return (
            <Accordion.Item key={index} value={String(index)}>
              <Accordion.Control>
                <Group gap="sm">
                  <Text fw={600}>{nameOf(entry) || `${noun} ${index + 1}`}</Text>
                  {isWrong && <Badge color="red.9">Needs a look</Badge>}
                </Group>
              </Accordion.Control>
              <Accordion.Panel>
                <Stack gap="md">
                  {mistakeAt(mistakes, place) !== null && (
                    <Alert color="red">{mistakeAt(mistakes, place)}</Alert>
                  )}
                  <SchemaFields schema={item} pointer={place} />
                  {items.length > (schema.minItems ?? 0) && (
                    <Button
                      variant="default"
                      w="fit-content"
                      leftSection={<IconTrash size={16} aria-hidden />}
                      onClick={() => remove(index)}
                    >
                      Remove this {noun.toLowerCase()}
                    </Button>
                  )}
                </Stack>
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
      <Button
        variant="default"
        w="fit-content"
        leftSection={<IconPlus size={16} aria-hidden />}
        disabled={items.length >= (schema.maxItems ?? Infinity)}
        onClick={add}
      >
        Add a {noun.toLowerCase()}
      </Button>
    </Stack>
  );
}

function nameOf(entry: Json): string {
  return isObject(entry) && typeof entry.name === 'string' ? entry.name : '';
}
