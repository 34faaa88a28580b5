// The real Prisma Client on the tables of a real stack, logged in as a backend that may only read: it sees what Syncline's
// own API says.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { openPrisma } from '../src/database.ts';
import type { Timestamp__Output } from '../src/generated/grpc/google/protobuf/Timestamp.ts';
import type { PrismaClient } from '../src/generated/prisma/client.ts';
import { Integrations } from './support/integrations.ts';
import { type Stack, startStack, until } from './support/stack.ts';

let stack: Stack;
let api: Integrations;
let prisma: PrismaClient;
let good: string;
let bad: string;

before(async () => {
  stack = await startStack();
  api = new Integrations(stack);
  prisma = openPrisma(stack.environment.DATABASE_URL!);
  good = await api.create('Countries');
  bad = await api.create('Nowhere', '/no/such/list');
  await api.sync(good);
  await api.sync(good);
  await api.sync(bad);
});
after(async () => {
  await prisma?.$disconnect();
  api?.close();
  await stack?.stop();
});

const newestFirst = [{ createdAt: 'desc' }, { id: 'desc' }] as const;

// Times of the API have more digits than JavaScript's.
const ms = (time: Timestamp__Output | null): number | undefined =>
  time === null ? undefined : time.seconds * 1000 + Math.floor(time.nanos / 1e6);

describe('Prisma Client', () => {
  test('is right about times on a server whose zone is not UTC', async () => {
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    const zone = await client.query<{ TimeZone: string }>('SHOW TimeZone');
    const { rows } = await client.query<{ ms: string }>(
      `SELECT floor(extract(epoch FROM created_at) * 1000)::bigint AS ms
       FROM syncline.integrations WHERE id = $1`,
      [good],
    );
    await client.end();
    assert.notEqual(zone.rows[0]!.TimeZone, 'UTC'); // or the test would show nothing
    const row = await prisma.integration.findUniqueOrThrow({ where: { id: good } });
    assert.equal(row.createdAt.getTime(), Number(rows[0]!.ms));
    const { createdAt } = row;
    assert.equal(
      await prisma.integration.count({ where: { id: good, createdAt: { gt: createdAt } } }),
      1,
    );
    const later = new Date(createdAt.getTime() + 1);
    assert.equal(
      await prisma.integration.count({ where: { id: good, createdAt: { gt: later } } }),
      0,
    );
  });

  test("speaks UTC whatever the URL's options say, and keeps the others", async () => {
    const url = new URL(stack.environment.DATABASE_URL!);
    url.searchParams.set('options', '-c TimeZone=Asia/Tokyo -c statement_timeout=5s');
    const other = openPrisma(url.href);
    try {
      assert.deepEqual(await other.$queryRaw`SHOW TimeZone`, [{ TimeZone: 'UTC' }]);
      assert.deepEqual(await other.$queryRaw`SHOW statement_timeout`, [
        { statement_timeout: '5s' },
      ]);
    } finally {
      await other.$disconnect();
    }
  });

  test('reads an integration as the API tells it', async () => {
    const row = await prisma.integration.findUniqueOrThrow({ where: { id: good } });
    const told = await api.get(good);
    assert.deepEqual(
      {
        name: row.name,
        tenant: row.tenantId,
        type: row.type,
        status: row.status,
        version: Number(row.version),
        syncInterval: row.syncInterval,
        syncEnabled: row.syncEnabled,
        maxRetries: row.maxRetries,
        timeout: row.timeout,
        retryCount: row.retryCount,
        nextSyncAt: row.nextSyncAt?.getTime(),
        createdAt: row.createdAt.getTime(),
        lastRunId: row.lastRunId,
        lastStatus: row.lastStatus,
        lastCompletedAt: row.lastCompletedAt?.getTime(),
        lastSuccessAt: row.lastSuccessAt?.getTime(),
        lastCounts: row.lastCounts.map(Number),
      },
      {
        name: 'Countries',
        tenant: '',
        type: told.type,
        status: told.status,
        version: told.version,
        syncInterval: told.syncSettings?.syncInterval?.seconds ?? null,
        syncEnabled: told.syncSettings?.syncEnabled,
        maxRetries: told.syncSettings?.maxRetries,
        timeout: told.syncSettings?.timeout?.seconds,
        retryCount: told.retryCount,
        nextSyncAt: ms(told.nextSyncAt),
        createdAt: ms(told.createTime),
        lastRunId: told.lastSync?.runId,
        lastStatus: 'SUCCESS',
        lastCompletedAt: ms(told.lastSync!.endTime),
        lastSuccessAt: ms(told.lastSuccessAt),
        lastCounts: [249, 0, 0, 249, 0, 0, told.lastSync?.counts?.pages, 0],
      },
    );
    assert.match(JSON.stringify(row.config), /"baseUrl":"http/);
  });

  test('reads integrations with their logs, newest first', async () => {
    const rows = await prisma.integration.findMany({
      where: { deletedAt: null, tenantId: '' },
      orderBy: { name: 'asc' },
      include: { syncLogs: { orderBy: [...newestFirst] } },
    });
    assert.deepEqual(
      rows.map(({ name, syncLogs }) => [name, syncLogs.map((log) => log.status)]),
      [
        ['Countries', ['SUCCESS', 'SUCCESS']],
        ['Nowhere', ['FAILED']],
      ],
    );
    const told = await api.logs(good);
    assert.deepEqual(
      rows[0]!.syncLogs.map((log) => ({
        id: log.id,
        runId: log.runId,
        attempt: log.attempt,
        trigger: log.trigger,
        startedAt: log.startedAt?.getTime(),
        completedAt: log.completedAt?.getTime(),
        fetched: Number(log.fetched),
        created: Number(log.created),
        unchanged: Number(log.unchanged),
        executor: log.executor,
      })),
      told.map((log) => ({
        id: log.id,
        runId: log.runId,
        attempt: log.attempt,
        trigger: log.trigger,
        startedAt: ms(log.startTime),
        completedAt: ms(log.endTime),
        fetched: log.counts?.fetched,
        created: log.counts?.created,
        unchanged: log.counts?.unchanged,
        executor: log.executor,
      })),
    );
  });

  test('filters by status, across the relation too', async () => {
    const failed = await prisma.syncLog.findMany({
      where: { tenantId: '', status: 'FAILED' },
      include: { integration: true },
    });
    assert.deepEqual(
      failed.map((log) => [log.integration?.name, log.errorClass, log.httpStatus]),
      [['Nowhere', 'CONFIG', 404]],
    );
    const troubled = await prisma.integration.findMany({
      where: { syncLogs: { some: { status: 'FAILED' } } },
      select: { id: true, syncEnabled: true, disabledReason: true },
    });
    assert.deepEqual(
      troubled.map(({ id, syncEnabled }) => [id, syncEnabled]),
      [[bad, false]],
    );
    assert.ok(troubled[0]!.disabledReason);
    assert.equal(await prisma.integration.count({ where: { lastStatus: 'SUCCESS' } }), 1);
  });

  test('sees a run while it waits and while it works', async () => {
    const slow = await api.create('Slow');
    await api.hold('/all/countries');
    const runId = await api.trigger(slow);
    let next: string;
    try {
      const running = await until('the run at work', async () => {
        const log = await prisma.syncLog.findFirst({ where: { runId } });
        return log?.status === 'RUNNING' ? log : undefined;
      });
      assert.equal(running.completedAt, null);
      assert.ok(running.startedAt);
      assert.equal(running.waitReason, null);
      next = await api.trigger(slow, true);
      assert.notEqual(next, runId);
      const waiting = await prisma.syncLog.findFirstOrThrow({ where: { runId: next } });
      assert.equal(waiting.status, 'PENDING');
      assert.equal(waiting.waitReason, 'AFTER_CURRENT_RUN');
      assert.equal(waiting.waitUntil, null); // for a run, not for a time
      assert.equal(waiting.startedAt, null);
    } finally {
      await api.release();
    }
    await until('the end of both runs', async () => {
      const ended = await prisma.syncLog.count({
        where: { runId: { in: [runId, next] }, status: 'SUCCESS' },
      });
      return ended === 2 ? ended : undefined;
    });
  });

  test('sees what a run waits for, and until when', async () => {
    await api.fail('/languages');
    const unsteady = await api.create('Unsteady', '/languages');
    const runId = await api.trigger(unsteady);
    const told = await until('the pause before a retry', async () => {
      const { activeSync } = await api.get(unsteady);
      return activeSync?.waitReason === 'BACKOFF' ? activeSync : undefined;
    });
    const row = await prisma.syncLog.findUniqueOrThrow({ where: { id: told.id } });
    assert.equal(row.runId, runId);
    assert.equal(row.status, 'PENDING');
    assert.equal(row.trigger, 'RETRY');
    assert.equal(row.waitReason, 'BACKOFF');
    assert.ok(row.waitUntil);
    assert.equal(row.waitUntil.getTime(), ms(told.waitUntil));
  });

  test('reads the records, every value as it came', async () => {
    const rows = await prisma.syncRecord.findMany({
      where: { integrationId: good, stream: 'records', deletedAt: null },
      orderBy: { key: 'asc' },
    });
    const { records } = await api.records(good);
    assert.equal(rows.length, 249);
    assert.deepEqual(
      rows.map((row) => [row.key, Number(row.changeNo), Object.keys(row.data as object).sort()]),
      records
        .map((row) => [row.key, row.changeNo, Object.keys(row.data?.fields ?? {}).sort()] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const germany = await prisma.syncRecord.findUniqueOrThrow({
      where: { integrationId_stream_key: { integrationId: good, stream: 'records', key: 'DE' } },
      include: { integration: { select: { name: true } } },
    });
    assert.equal((germany.data as { name: string }).name, 'Germany');
    assert.equal(germany.integration.name, 'Countries');
  });

  test('reads the history of an integration that is gone', async () => {
    const gone = await api.create('Gone');
    const runId = await api.sync(gone);
    await api.delete(gone);
    // What purging does in the end, at once.
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    await client.query('DELETE FROM syncline.integrations WHERE id = $1', [gone]);
    await client.end();
    const log = await prisma.syncLog.findFirst({
      where: { runId },
      include: { integration: true },
    });
    assert.equal(log?.integrationId, gone);
    assert.equal(log.integration, null);
  });

  test('is offered nothing that writes', async () => {
    // @ts-expect-error: a view has no such method
    prisma.integration.update;
    // @ts-expect-error: a view has no such method
    prisma.integration.create;
    // @ts-expect-error: a view has no such method
    prisma.syncLog.deleteMany;
    // @ts-expect-error: a view has no such method
    prisma.syncRecord.upsert;

    // The client itself refuses, before the database is asked.
    const all = prisma as any;
    const refused = ({ message }: Error) => !message.includes('permission denied');
    await assert.rejects(async () => all.integration.updateMany({ data: { name: 'x' } }), refused);
    await assert.rejects(async () => all.syncLog.deleteMany(), refused);
  });

  test('may write nothing by its login either', async () => {
    for (const table of ['integrations', 'sync_history', 'records', 'live']) {
      await assert.rejects(
        prisma.$executeRawUnsafe(`DELETE FROM syncline.${table}`),
        /permission denied/,
      );
    }
    await assert.rejects(prisma.$queryRaw`SELECT * FROM syncline.credentials`, /permission denied/);
  });
});
