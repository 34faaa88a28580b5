import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import { isWithin, valueAt, withValueAt, type Json, type JsonObject } from './pointer';

/** A mistake in a draft, at the field that the pointer names. */
export interface Mistake {
  pointer: string;
  detail: string;
}

/** What is being filled in, its mistakes, and how fields change it. */
export interface DraftStore {
  draft: JsonObject;
  mistakes: readonly Mistake[];
  isDirty: boolean;
  /** Changes one value (undefined takes it away); mistakes that were told of it are gone then. */
  set: (pointer: string, value: Json | undefined) => void;
  tell: (mistakes: readonly Mistake[]) => void;
  /** Begins again with another draft. */
  reset: (draft: JsonObject) => void;
}

export function useDraft(initial: JsonObject): DraftStore {
  const [start, setStart] = useState(initial);
  const [draft, setDraft] = useState(initial);
  const [mistakes, tell] = useState<readonly Mistake[]>([]);

  const set = useCallback((pointer: string, value: Json | undefined) => {
    setDraft((before) => withValueAt(before, pointer, value) as JsonObject);
    tell((before) => before.filter((mistake) => !isWithin(mistake.pointer, pointer)));
  }, []);

  const reset = useCallback((next: JsonObject) => {
    setStart(next);
    setDraft(next);
    tell([]);
  }, []);

  const isDirty = useMemo(() => JSON.stringify(draft) !== JSON.stringify(start), [draft, start]);
  return useMemo(
    () => ({ draft, mistakes, isDirty, set, tell, reset }),
    [draft, mistakes, isDirty, set, reset],
  );
}

export const DraftContext = createContext<DraftStore | null>(null);

export function useDraftStore(): DraftStore {
  const store = useContext(DraftContext);
  if (store === null) throw new Error('a field is outside of a form');
  return store;
}

/** What is wrong at a field, and only there; null when nothing is. */
export function mistakeAt(mistakes: readonly Mistake[], pointer: string): string | null {
  return words(mistakes.filter((mistake) => mistake.pointer === pointer));
}

/** What is wrong at a field or anywhere in it; null when nothing is. */
export function mistakeWithin(mistakes: readonly Mistake[], pointer: string): string | null {
  return words(mistakes.filter((mistake) => isWithin(mistake.pointer, pointer)));
}

function words(mistakes: readonly Mistake[]): string | null {
  return mistakes.length === 0 ? null : mistakes.map(({ detail }) => detail).join('\n');
}

/** One field of the draft: its value, what is wrong with it, and how to change it. */
export function useField(pointer: string) {
  const { draft, mistakes, set } = useDraftStore();
  return {
    value: valueAt(draft, pointer),
    error: mistakeAt(mistakes, pointer),
    set: (value: Json | undefined) => set(pointer, value),
  };
}
