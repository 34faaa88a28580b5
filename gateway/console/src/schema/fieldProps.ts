import { createContext, useContext } from 'react';
import type { Schema } from './jsonSchema';

/** What every kind of field needs to know. */
export interface FieldProps {
  schema: Schema;
  pointer: string;
  name: string;
  isRequired: boolean;
}

interface SchemaContextValue {
  /** The whole schema, which references point into. */
  root: Schema;
  /** The names of secrets that the server has. */
  stored: readonly string[];
}

export const SchemaContext = createContext<SchemaContextValue>({ root: {}, stored: [] });

export function useSchema(): SchemaContextValue {
  return useContext(SchemaContext);
}

/** The label of a field whose schema has no title. */
export function labelOf(schema: Schema, name: string): string {
  return schema.title ?? name;
}
