import { Center, Loader } from '@mantine/core';

/** Shown until the first page has come. */
export function LoadingPage() {
  return (
    <Center mih="100vh" component="main">
      <Loader aria-label="Loading" />
    </Center>
  );
}
