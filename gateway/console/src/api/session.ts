import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { bodyOf, client } from './client';

export const sessionKey = ['session'] as const;

/** Whether this browser may use the API. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: ({ signal }) => bodyOf(client.GET('/api/session', { signal })),
    staleTime: Infinity,
  });
}

/** Trades a token for the session's cookie. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => bodyOf(client.POST('/api/session', { body: { token } })),
    onSuccess: (session) => queries.setQueryData(sessionKey, session),
  });
}

/** Forgets the token, and all that was read with it. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => bodyOf(client.DELETE('/api/session')),
    onSuccess: () => {
      queries.clear();
      window.location.assign('/');
    },
  });
}
