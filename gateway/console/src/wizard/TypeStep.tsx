import { Badge, Group, Radio, SimpleGrid, Text } from '@mantine/core';
import type { Connector } from '../api/types';
import { useDraftStore } from '../schema/draft';
import type { Schema } from '../schema/jsonSchema';
import { emptyValue } from '../schema/jsonSchema';

/** What the integration talks to. */
export function TypeStep({ connectors }: { connectors: readonly Connector[] }) {
  const { draft, set } = useDraftStore();

  function choose(type: string): void {
    if (type === draft.type) return;
    const schema = connectors.find((connector) => connector.type === type)?.configSchema;
    set('/type', type);
    // Another type's config means nothing to this one.
    set('/config', schema ? emptyValue(schema as Schema, schema as Schema) : {});
  }

  return (
    <Radio.Group
      label="What does it talk to?"
      value={typeof draft.type === 'string' ? draft.type : ''}
      onChange={choose}
    >
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm" mt="sm">
        {connectors.map(({ type, title, description, available }) => (
          <Radio.Card key={type} value={type} disabled={!available} p="md" radius="md">
            <Group wrap="nowrap" align="flex-start">
              <Radio.Indicator disabled={!available} />
              <div>
                <Group gap="xs">
                  <Text fw={600}>{title}</Text>
                  {!available && (
                    <Badge variant="outline" color="gray" size="sm">
                      Not yet
                    </Badge>
                  )}
                </Group>
                <Text size="sm" c="dimmed">
                  {description}
                </Text>
              </div>
            </Group>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}
