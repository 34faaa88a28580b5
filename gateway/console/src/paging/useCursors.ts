import { useState } from 'react';

/** Where a reader is in a list that is read by cursors: the way back is the pages that were gone through. */
export function useCursors() {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const isFirst = cursors.length === 0;
  return {
    /** The cursor of the page that is shown; null for the first one. */
    cursor: cursors.at(-1) ?? null,
    /** From 1. */
    page: cursors.length + 1,
    reset: () => setCursors([]),
    onFirst: isFirst ? null : () => setCursors([]),
    onBack: isFirst ? null : () => setCursors(cursors.slice(0, -1)),
    onNext: (next: string) => setCursors([...cursors, next]),
  };
}
