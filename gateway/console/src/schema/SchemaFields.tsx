import { SimpleGrid, Stack } from '@mantine/core';
import { useSchema } from './fieldProps';
import { kindOf, propertyNames, type FieldKind, type Schema } from './jsonSchema';
import { member } from './pointer';
import { SchemaField } from './SchemaField';

interface Props {
  schema: Schema;
  pointer: string;
  /** Properties that are edited elsewhere. */
  except?: readonly string[];
}

const SMALL: readonly FieldKind[] = ['text', 'number', 'choice', 'flag', 'credential', 'texts'];

/** The fields of an object: small ones side by side, larger ones below each other. */
export function SchemaFields({ schema, pointer, except = [] }: Props) {
  const { root } = useSchema();
  const fields = propertyNames(schema)
    .map((name): [string, Schema] => [name, schema.properties?.[name] ?? {}])
    .filter(([name, property]) => property.const === undefined && !except.includes(name))
    .map(([name, property]) => ({
      key: name,
      name,
      schema: property,
      pointer: member(pointer, name),
      isRequired: schema.required?.includes(name) ?? false,
      isSmall: SMALL.includes(kindOf(root, property)),
    }));
  const small = fields.filter(({ isSmall }) => isSmall);
  const large = fields.filter(({ isSmall }) => !isSmall);
  if (fields.length === 0) return null;
  return (
    <Stack gap="md">
      {small.length > 0 && (
        <SimpleGrid cols={{ base: 1, sm: small.length === 1 ? 1 : 2 }} spacing="md">
          {small.map(({ isSmall: _, key, ...field }) => (
            <SchemaField key={key} {...field} />
          ))}
        </SimpleGrid>
      )}
      {large.map(({ isSmall: _, key, ...field }) => (
        <SchemaField key={key} {...field} />
      ))}
    </Stack>
  );
}
