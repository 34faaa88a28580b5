import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { selectionOf } from './selection';

/** The overview's search, filter and open history, kept in the page's address, so that it can be sent to somebody. */
export function useSelection() {
  const [parameters, setParameters] = useSearchParams();
  const selection = useMemo(() => selectionOf(parameters), [parameters]);

  const change = useCallback(
    (name: 'q' | 'status' | 'order' | 'history', value: string | null) => {
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          if (value) after.set(name, value);
          else after.delete(name);
          return after;
        },
        { replace: true, preventScrollReset: true },
      );
    },
    [setParameters],
  );

  return { selection, historyOf: parameters.get('history'), change };
}
