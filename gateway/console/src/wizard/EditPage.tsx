import { Alert, Anchor, Button, Group, Loader, Stack, Title } from '@mantine/core';
import { Link, useNavigate, useParams } from 'react-router';
import { explain } from '../api/problem';
import type { Connector, Integration } from '../api/types';
import { integrationKey, fetchIntegration } from '../integration/useIntegration';
import { useQuery } from '@tanstack/react-query';
import { EditForm } from './EditForm';
import { useConnectors } from './useConnectors';

/** Changes an integration: its connection, its streams, its sync settings. */
export function EditPage() {
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const connectors = useConnectors();
  // Read anew each time, and then left alone: what is being edited must not change under the editor.
  const integration = useQuery({
    queryKey: [...integrationKey(id), 'edit'],
    queryFn: ({ signal }) => fetchIntegration(id, signal),
    gcTime: 0,
    staleTime: Infinity,
  });
  const error = integration.error ?? connectors.error;

  return (
    <Stack gap="md">
      <Group justify="space-between" maw={980}>
        <Title order={1} size="h2">
          {integration.data === undefined ? 'Edit' : `Edit ${integration.data.name}`}
        </Title>
        <Group gap="md">
          <Anchor component={Link} to={`/integrations/${id}/records`} size="sm">
            Records
          </Anchor>
          <Anchor component={Link} to={`/?history=${id}`} size="sm">
            History
          </Anchor>
        </Group>
      </Group>
      {error !== null ? (
        <Alert color="red" title="It cannot be edited">
          {explain(error)}
          <Group mt="sm">
            <Button variant="default" onClick={() => void navigate('/')}>
              Go to the overview
            </Button>
          </Group>
        </Alert>
      ) : (
        <Form connectors={connectors.data} integration={integration.data} />
      )}
    </Stack>
  );
}

interface FormProps {
  connectors: readonly Connector[] | undefined;
  integration: Integration | undefined;
}

function Form({ connectors, integration }: FormProps) {
  if (connectors === undefined || integration === undefined) return <Loader aria-label="Loading" />;
  return <EditForm connectors={connectors} opened={integration} />;
}
