import { Alert, List, Paper, Select, Stack, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { explain } from '../api/problem';
import { useIntegrations } from '../live/useLive';
import { useExplanation } from './useSystem';

const MOST_OPTIONS = 50; // a longer list is searched, not read

/** "Why?" for any integration, answered in words. */
export function WhyPanel() {
  const [parameters, setParameters] = useSearchParams();
  const asked = parameters.get('why');
  const integrations = useIntegrations();
  const options = useMemo(
    () => [...(integrations?.values() ?? [])].map(({ id, name }) => ({ value: id, label: name })),
    [integrations],
  );
  const { data: sentences, error } = useExplanation(asked);

  return (
    <Stack gap="sm" component="section" aria-labelledby="why-title">
      <Title order={2} size="h4" id="why-title">
        Why?
      </Title>
      <Select
        aria-label="Integration to explain"
        placeholder="Why is this integration running, or not?"
        searchable
        clearable
        limit={MOST_OPTIONS}
        maw={480}
        data={options}
        value={asked}
        nothingFoundMessage="No integration has such a name"
        onChange={(id) => setParameters(id === null ? {} : { why: id }, { replace: true })}
      />
      {error !== null && (
        <Alert color="red" title="That could not be explained">
          {explain(error)}
        </Alert>
      )}
      {asked !== null && error === null && sentences !== undefined && (
        <Paper withBorder p="md" maw={760} role="status">
          <List spacing={4} size="sm">
            {sentences.map((sentence, index) => (
              <List.Item key={index}>{sentence}</List.Item>
            ))}
          </List>
        </Paper>
      )}
      {asked === null && (
        <Text size="sm" c="dimmed">
          The answer says in words what keeps an integration from running, and what happens next.
        </Text>
      )}
    </Stack>
  );
}
