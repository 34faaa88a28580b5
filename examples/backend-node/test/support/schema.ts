import { readFileSync } from 'node:fs';
import type { Client } from 'pg';

/** A field of the Prisma schema that is a column. */
export interface Field {
  model: string;
  table: string;
  name: string;
  column: string;
  /** PostgreSQL's name of the type that the column must have. */
  type: string;
  optional: boolean;
}

// What Prisma's types are in PostgreSQL. A type that is not here has no field yet.
const columnTypes: { [type: string]: string } = {
  String: 'text',
  'String @db.Uuid': 'uuid',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  Json: 'jsonb',
  'DateTime @db.Timestamptz(6)': 'timestamp with time zone',
  SyncStatus: 'syncline.sync_status',
};

export function readSchema(): Field[] {
  const path = new URL('../../../../deploy/prisma/schema.prisma', import.meta.url);
  return parseSchema(readFileSync(path, 'utf8'));
}

/** The columns that a Prisma schema names. Throws for what it cannot judge, so that nothing goes unchecked. */
export function parseSchema(text: string): Field[] {
  const views = [...text.matchAll(/^view (\w+) \{\n(.*?)^\}/gms)];
  const models = new Set(views.map(([, model]) => model));
  return views.flatMap(([, model, body]) => {
    const [, table] = /@@map\("(\w+)"\)/.exec(body!) ?? [];
    if (table === undefined) throw new Error(`${model} names no table`);
    return body!.split('\n').flatMap((line): Field[] => {
      const [, name, type, mark, rest] = /^ {2}(\w+)\s+(\w+)(\?|\[\])?(.*)$/.exec(line) ?? [];
      if (name === undefined || models.has(type!)) return []; // a comment, or a relation
      const [native] = /@db\.\S+/.exec(rest!) ?? [];
      const wanted = columnTypes[native === undefined ? type! : `${type} ${native}`];
      if (wanted === undefined)
        throw new Error(`${model}.${name}: which column has ${line.trim()}?`);
      const [, column = name] = /@map\("(\w+)"\)/.exec(rest!) ?? [];
      const list = mark === '[]';
      return [
        {
          model: model!,
          table: table!,
          name,
          column,
          type: list ? `${wanted}[]` : wanted,
          optional: list || mark === '?', // Prisma reads an absent list as an empty one
        },
      ];
    });
  });
}

interface Column {
  table: string;
  column: string;
  type: string;
  nullable: boolean;
  view: boolean;
}

/** What of a schema a database does not bear out, a sentence each. `unmapped`: columns left out on purpose, as TABLE.COLUMN. */
export async function mismatches(
  client: Client,
  fields: Field[],
  unmapped: Set<string>,
): Promise<string[]> {
  const { rows } = await client.query<Column>(
    `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
            NOT a.attnotnull AS nullable, c.relkind = 'v' AS view
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'syncline'::regnamespace AND c.relname = ANY ($1)
       AND a.attnum > 0 AND NOT a.attisdropped`,
    [[...new Set(fields.map((field) => field.table))]],
  );
  const columns = new Map(rows.map((row) => [`${row.table}.${row.column}`, row]));
  const complaints = fields.flatMap((field) => {
    const place = `${field.table}.${field.column}`;
    const column = columns.get(place);
    columns.delete(place);
    if (!column) return [`${field.model}.${field.name}: there is no column ${place}`];
    if (column.type !== field.type) {
      return [`${field.model}.${field.name}: ${place} is ${column.type}, not ${field.type}`];
    }
    // PostgreSQL knows of no view's column that it is never null; reading rows tells.
    if (column.nullable && !field.optional && !column.view) {
      return [`${field.model}.${field.name}: ${place} may be null`];
    }
    return [];
  });
  for (const place of columns.keys()) {
    if (!unmapped.has(place))
      complaints.push(`${place} is not mapped; map it, or say that it is not`);
  }
  for (const place of unmapped) {
    if (!columns.has(place)) complaints.push(`${place} is left out, but there is no such column`);
  }
  return complaints;
}
