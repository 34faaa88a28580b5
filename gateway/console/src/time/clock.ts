import { useSyncExternalStore } from 'react';

// The server's clock, as this page knows it: times in answers are the database's, and a viewer whose
// own clock is wrong must still see right countdowns.

let offset = 0;

/** Takes in a response's Date header. It has whole seconds, so small differences say nothing. */
export function noteServerDate(header: string | null): void {
  const date = header === null ? NaN : Date.parse(header);
  if (Number.isNaN(date)) return;
  const difference = date + 500 - Date.now();
  offset = Math.abs(difference) > 2000 ? difference : 0;
}

/** Now on the server, in milliseconds since 1970. */
export function serverNow(): number {
  return Date.now() + offset;
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const notify of listeners) notify();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

const wholeSecond = (): number => Math.floor(serverNow() / 1000) * 1000;

/** The server's time in whole seconds. All that show it share one timer and change together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, wholeSecond);
}
