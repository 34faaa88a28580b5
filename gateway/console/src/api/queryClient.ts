import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem, isWorthRetrying } from './problem';
import { sessionKey } from './session';

// A token that is taken away, or a cookie that ends, leads to the login page from wherever it is noticed.
function noticeLogout(error: unknown): void {
  if (error instanceof ApiProblem && error.status === 401) {
    void queryClient.invalidateQueries({ queryKey: sessionKey });
  }
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeLogout }),
  mutationCache: new MutationCache({ onError: noticeLogout }),
  defaultOptions: {
    queries: {
      retry: isWorthRetrying,
      staleTime: 5000,
    },
  },
});
