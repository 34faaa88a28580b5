// deploy/prisma/schema.prisma against the tables that the migrations make. A migration that moves a column fails here.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { openPrisma } from '../src/database.ts';
import { type PrismaClient, SyncStatus } from '../src/generated/prisma/client.ts';
import { mismatches, parseSchema, readSchema } from './support/schema.ts';
import { startDatabases } from './support/stack.ts';

// Syncline's own affairs, which no backend needs to know.
const unmapped = new Set([
  'integrations.config_version',
  'integrations.settings_version',
  'integrations.grid_anchor',
  'integrations.epoch',
  'integrations.ticks_kept',
  'integrations.create_request_id',
  'integrations.create_request_hash',
  'records.hash',
]);

let databases: Awaited<ReturnType<typeof startDatabases>>;
before(async () => {
  databases = await startDatabases();
});
after(() => databases?.stop());

// Runs `work` on a new database, with `change` made to it as a migration would.
async function onDatabase(
  change: string,
  work: (client: pg.Client, prisma: PrismaClient) => Promise<void>,
): Promise<void> {
  const connectionString = await databases.create();
  const client = new pg.Client({ connectionString });
  await client.connect();
  const prisma = openPrisma(connectionString);
  try {
    await client.query(change);
    await work(client, prisma);
  } finally {
    await prisma.$disconnect();
    await client.end();
  }
}

describe('the schema for Prisma', () => {
  test('names every column as the migrations make it', () =>
    onDatabase('', async (client) => {
      const fields = readSchema();
      assert.ok(fields.length > 60, `only ${fields.length} fields were read`);
      assert.deepEqual(await mismatches(client, fields, unmapped), []);
    }));

  test('has the statuses that the database has', () =>
    onDatabase('', async (client) => {
      const { rows } = await client.query<{ status: string }>(
        'SELECT unnest(enum_range(NULL::syncline.sync_status))::text AS status',
      );
      assert.deepEqual(
        rows.map((row) => row.status),
        Object.values(SyncStatus),
      );
    }));

  test('can be read by the client in every field', () =>
    onDatabase('', async (_client, prisma) => {
      assert.deepEqual(await prisma.integration.findMany(), []);
      assert.deepEqual(await prisma.syncLog.findMany(), []);
      assert.deepEqual(await prisma.syncRecord.findMany(), []);
    }));

  const changes = [
    {
      what: 'renames a column',
      change: 'ALTER TABLE syncline.integrations RENAME COLUMN sync_interval TO sync_every',
      complaints: [
        'Integration.syncInterval: there is no column integrations.sync_interval',
        'integrations.sync_every is not mapped; map it, or say that it is not',
      ],
      unreadable: true,
    },
    {
      what: 'drops a column',
      change: 'ALTER TABLE syncline.records DROP COLUMN deleted_at',
      complaints: ['SyncRecord.deletedAt: there is no column records.deleted_at'],
      unreadable: true,
    },
    {
      what: 'renames a column of the view',
      change: 'ALTER VIEW syncline.sync_logs RENAME COLUMN ended_at TO completed_at',
      complaints: [
        'SyncLog.completedAt: there is no column sync_logs.ended_at',
        'sync_logs.completed_at is not mapped; map it, or say that it is not',
      ],
      unreadable: true,
    },
    {
      what: 'moves the tables',
      change: 'ALTER SCHEMA syncline RENAME TO moved; CREATE SCHEMA syncline',
      complaints: undefined, // every one
      unreadable: true,
    },
    {
      what: 'changes a type',
      change: 'ALTER TABLE syncline.integrations ALTER COLUMN timeout_seconds TYPE bigint',
      complaints: ['Integration.timeout: integrations.timeout_seconds is bigint, not integer'],
      unreadable: false,
    },
    {
      what: 'lets a column be null',
      change: 'ALTER TABLE syncline.integrations ALTER COLUMN name DROP NOT NULL',
      complaints: ['Integration.name: integrations.name may be null'],
      unreadable: false,
    },
    {
      what: 'adds a column',
      change: 'ALTER TABLE syncline.records ADD COLUMN size integer',
      complaints: ['records.size is not mapped; map it, or say that it is not'],
      unreadable: false,
    },
  ];
  for (const { what, change, complaints, unreadable } of changes) {
    test(`is found wrong when a migration ${what}`, () =>
      onDatabase(change, async (client, prisma) => {
        const found = await mismatches(client, readSchema(), unmapped);
        if (complaints) assert.deepEqual(found, complaints);
        else assert.ok(found.length >= readSchema().length, found.join('\n'));
        if (!unreadable) return;
        const reads = [
          prisma.integration.findMany(),
          prisma.syncLog.findMany(),
          prisma.syncRecord.findMany(),
        ];
        const outcomes = await Promise.allSettled(reads);
        const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
        assert.ok(refused.length > 0, 'the client read it all the same');
        for (const { reason } of refused) assert.match(String(reason.code), /^P202[12]$/);
      }));
  }

  test('is refused when it has a type that nobody compares', () => {
    const text = 'view Thing {\n  at DateTime @db.Date\n\n  @@map("things")\n}\n';
    assert.throws(() => parseSchema(text), /Thing\.at: which column has/);
  });
});
