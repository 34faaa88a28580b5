import { Fieldset, NativeSelect, Stack } from '@mantine/core';
import { useField } from './draft';
import { labelOf, type FieldProps } from './fieldProps';
import { branchOf, constants } from './jsonSchema';
import { SchemaFields } from './SchemaFields';

/** One of several kinds of a thing, each with fields of its own. */
export function VariantField({ schema, pointer, name }: FieldProps) {
  const { value, error, set } = useField(pointer);
  const branches = schema.oneOf ?? [];
  const chosen = branchOf(schema, value);
  const branch = branches[chosen] ?? {};
  return (
    <Fieldset legend={labelOf(schema, name)}>
      <Stack gap="md">
        <NativeSelect
          label="Kind"
          description={branch.description}
          name={pointer}
          value={String(chosen)}
          error={error}
          data={branches.map(({ title }, index) => ({
            value: String(index),
            label: title ?? `Kind ${index + 1}`,
          }))}
          onChange={(event) => set(constants(branches[Number(event.currentTarget.value)] ?? {}))}
        />
        <SchemaFields schema={branch} pointer={pointer} />
      </Stack>
    </Fieldset>
  );
}
