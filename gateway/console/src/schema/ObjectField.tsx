import { Fieldset, Stack, Switch } from '@mantine/core';
import { useField } from './draft';
import { labelOf, useSchema, type FieldProps } from './fieldProps';
import { emptyValue } from './jsonSchema';
import { SchemaFields } from './SchemaFields';

/** A group of settings that is there as a whole or not at all. */
export function ObjectField({ schema, pointer, name, isRequired }: FieldProps) {
  const { root } = useSchema();
  const { value, error, set } = useField(pointer);
  const isThere = isRequired || value !== undefined;
  return (
    <Fieldset legend={labelOf(schema, name)}>
      <Stack gap="md">
        {!isRequired && (
          <Switch
            label={`Set ${labelOf(schema, name).toLowerCase()}`}
            description={schema.description}
            name={pointer}
            checked={isThere}
            error={error}
            onChange={(event) =>
              set(event.currentTarget.checked ? emptyValue(root, schema) : undefined)
            }
          />
        )}
        {isThere && <SchemaFields schema={schema} pointer={pointer} />}
      </Stack>
    </Fieldset>
  );
}
