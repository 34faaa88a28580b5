import { Alert, Loader, Stack, Title } from '@mantine/core';
import { explain } from '../api/problem';
import { NewForm } from './NewForm';
import { useConnectors } from './useConnectors';

/** Sets up a new integration. */
export function NewPage() {
  const { data: connectors, error } = useConnectors();
  return (
    <Stack gap="md">
      <Title order={1} size="h2">
        New integration
      </Title>
      {connectors !== undefined ? (
        <NewForm connectors={connectors} />
      ) : error === null ? (
        <Loader aria-label="Loading" />
      ) : (
        <Alert color="red" title="The types of integration could not be read">
          {explain(error)}
        </Alert>
      )}
    </Stack>
  );
}
