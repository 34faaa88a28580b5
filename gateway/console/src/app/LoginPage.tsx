import { Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { explain } from '../api/problem';
import { useSignIn } from '../api/session';
import { Logo } from './Logo';

/** Asks once for an API token; the gateway keeps it as a cookie that scripts cannot read. */
export function LoginPage() {
  const [token, setToken] = useState('');
  const signIn = useSignIn();

  function submit(event: FormEvent): void {
    event.preventDefault();
    signIn.mutate(token.trim());
  }

  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w={420} component="form" onSubmit={submit}>
        <Stack>
          <Logo />
          <Title order={1} size="h3">
            Sign in
          </Title>
          <Text size="sm" c="dimmed">
            This gateway asks for an API token. Whoever runs it makes one with{' '}
            <Code>sync-scheduler token NAME</Code>.
          </Text>
          <PasswordInput
            label="API token"
            autoComplete="current-password"
            autoFocus
            required
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            aria-invalid={signIn.isError} // which PasswordInput forgets
            error={signIn.error === null ? null : explain(signIn.error)}
          />
          <Button type="submit" loading={signIn.isPending} disabled={token.trim() === ''}>
            Sign in
          </Button>
        </Stack>
      </Paper>
    </Center>
  );
}
