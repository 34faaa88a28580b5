import { Group, Text } from '@mantine/core';

/** The product's mark and name. */
export function Logo() {
  return (
    <Group gap="xs" wrap="nowrap">
      <img src="/icon.svg" alt="" width={26} height={26} />
      <Text fw={700} size="lg" lh={1}>
        Syncline
      </Text>
    </Group>
  );
}
