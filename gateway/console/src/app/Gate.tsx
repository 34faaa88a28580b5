import { Button, Center, Stack, Text } from '@mantine/core';
import { RouterProvider } from 'react-router/dom';
import { explain } from '../api/problem';
import { useSession } from '../api/session';
import { LoadingPage } from './LoadingPage';
import { LoginPage } from './LoginPage';
import { router } from './router';

/** Lets nobody in who has no session: shows the login page instead of the console. */
export function Gate() {
  const { data: session, error, refetch, isFetching } = useSession();
  if (session !== undefined) {
    return session.authenticated ? <RouterProvider router={router} /> : <LoginPage />;
  }
  if (error === null) return <LoadingPage />;
  return (
    <Center mih="100vh" component="main">
      <Stack align="center">
        <Text>{explain(error)}</Text>
        <Button onClick={() => void refetch()} loading={isFetching}>
          Try again
        </Button>
      </Stack>
    </Center>
  );
}
