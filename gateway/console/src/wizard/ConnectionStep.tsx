import { SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useField } from '../schema/draft';
import { useSchema } from '../schema/fieldProps';
import { SchemaFields } from '../schema/SchemaFields';

/** Who the integration is, where the API is, and how to sign in there. */
export function ConnectionStep() {
  const { root } = useSchema();
  const name = useField('/name');
  const externalId = useField('/externalId');
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <TextInput
          label="Name"
          description="What people call it"
          placeholder="Invoices of Acme"
          withAsterisk
          autoFocus
          name="/name"
          value={String(name.value ?? '')}
          error={name.error}
          onChange={(event) => name.set(event.currentTarget.value)}
        />
        <TextInput
          label="External id"
          description="Your backend's own id for it, if it has one"
          name="/externalId"
          value={String(externalId.value ?? '')}
          error={externalId.error}
          onChange={(event) => externalId.set(event.currentTarget.value)}
        />
      </SimpleGrid>
      <SchemaFields schema={root} pointer="/config" except={['streams', 'rateLimit']} />
    </Stack>
  );
}
