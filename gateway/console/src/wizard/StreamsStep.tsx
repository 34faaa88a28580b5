import { Stack, Text } from '@mantine/core';
import { useSchema } from '../schema/fieldProps';
import { SchemaField } from '../schema/SchemaField';

/** Which lists of records are fetched. */
export function StreamsStep() {
  const { root } = useSchema();
  const streams = root.properties?.streams;
  if (streams === undefined) return <Text>This type of integration has no streams.</Text>;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {streams.description}
      </Text>
      <SchemaField schema={streams} pointer="/config/streams" name="streams" isRequired />
    </Stack>
  );
}
