import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { useRouteError } from 'react-router';

/** Shown when a page cannot be drawn: a part of it did not load, or the console has a fault. */
export function FailedPage() {
  const error = useRouteError();
  return (
    <Container component="main" py="xl">
      <Stack align="flex-start">
        <Title order={1} size="h2">
          This page could not be shown
        </Title>
        <Text>
          The gateway may have been updated or be away. Loading the page again helps then; nothing
          that was saved is lost.
        </Text>
        <Code block>{error instanceof Error ? error.message : String(error)}</Code>
        <Button onClick={() => window.location.reload()}>Load again</Button>
      </Stack>
    </Container>
  );
}
