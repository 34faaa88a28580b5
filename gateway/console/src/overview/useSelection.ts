import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { selectionOf } from './selection';

type Parameter = 'q' | 'status' | 'order' | 'history';

/** The overview's search, filter and open history, kept in the page's address, so that it can be sent to somebody. */
export function useSelection() {
  const [parameters, setParameters] = useSearchParams();
  const selection = useMemo(() => selectionOf(parameters), [parameters]);

  const change = useCallback(
    (changes: Partial<Record<Parameter, string | null>>) => {
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value) after.set(name, value);
            else after.delete(name);
          }
          return after;
        },
        { replace: true, preventScrollReset: true },
      );
    },
    [setParameters],
  );

  return { selection, historyOf: parameters.get('history'), change };
}
