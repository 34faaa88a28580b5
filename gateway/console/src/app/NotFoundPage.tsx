import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';

/** Shown for an address that leads nowhere. */
export function NotFoundPage() {
  return (
    <Stack align="flex-start">
      <Title order={1} size="h2">
        There is nothing here
      </Title>
      <Text>The address is not one of the console's pages.</Text>
      <Anchor component={Link} to="/">
        Go to the overview
      </Anchor>
    </Stack>
  );
}
