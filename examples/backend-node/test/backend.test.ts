// The example backend as a process of its own, on a real stack whose schedulers speak TLS and ask for a token.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { Backend, EventClient, type ServerEvent } from './support/backend.ts';
import { Integrations } from './support/integrations.ts';
import { type Stack, startStack, until } from './support/stack.ts';

// Whether an event tells of a run that is under way, as a change or within the state as a whole.
const tellsOf =
  (runId: string) =>
  ({ data }: ServerEvent): boolean =>
    [data].flat().some(({ sync }) => sync?.runId === runId);

const nobody = '01900000-0000-7000-8000-000000000000';

let stack: Stack;
let api: Integrations;
let backend: Backend;
let countries: string;

before(async () => {
  stack = await startStack();
  api = new Integrations(stack);
  countries = await api.create('Countries');
  backend = await Backend.start(stack);
});
after(async () => {
  try {
    assert.equal(await backend?.stop(), 0);
  } finally {
    api?.close();
    await stack?.stop();
  }
});

describe('the backend', () => {
  test('starts a sync and tells its clients how it goes', async () => {
    const events = new EventClient(backend);
    const { data } = await events.next('the state', ({ event }) => event === 'snapshot');
    assert.deepEqual(
      data.map(({ id, name }: { id: string; name: string }) => [id, name]),
      [[countries, 'Countries']],
    );

    await api.hold('/all/countries'); // a run that ends at once may be told of as ended only
    const started = await backend.call('POST', `/connections/${countries}/sync`);
    assert.equal(started.status, 202);
    const { runId } = started.body;
    await events.next('the run', tellsOf(runId));
    await api.release();
    const ended = await events.next('its end', ({ data: told }) => told.sync === null);
    assert.equal(ended.data.status, 'HEALTHY');
    assert.equal(ended.data.trouble, null);
    assert.ok(ended.data.lastSyncedAt);
    events.close();

    const { body } = await backend.call('GET', '/connections');
    const [shown] = body.connections;
    assert.equal(shown.name, 'Countries');
    assert.equal(shown.lastStatus, 'SUCCESS');
    assert.equal(shown.lastRunId, runId);
    assert.equal(typeof shown.lastDuration, 'number');
    const { body: history } = await backend.call('GET', `/connections/${countries}/syncs`);
    const [log] = history.syncs;
    assert.equal(log.runId, runId);
    assert.equal(log.created, 249);
  });

  test('gives the same sync for the same key', async () => {
    const headers = { 'Idempotency-Key': 'press-1' };
    const first = await backend.call('POST', `/connections/${countries}/sync`, headers);
    const second = await backend.call('POST', `/connections/${countries}/sync`, headers);
    assert.equal(first.status, 202);
    assert.equal(second.body.runId, first.body.runId);
    const other = await api.create('Another');
    const reused = await backend.call('POST', `/connections/${other}/sync`, headers);
    assert.equal(reused.status, 409);
    assert.equal(reused.body.reason, 'REQUEST_ID_REUSED');
  });

  test('tells of a sync that was taken, even when the database cannot be read', async (t) => {
    const blind = await Backend.start(stack, {
      DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none',
    });
    t.after(() => blind.stop());
    const { status, body } = await blind.call('POST', `/connections/${countries}/sync`, {
      Prefer: 'wait=30',
    });
    assert.equal(status, 202);
    assert.ok(body.runId);
    assert.equal(typeof body.joined, 'boolean');
    assert.equal((await blind.call('GET', '/connections')).status, 500);
  });

  test('waits for the outcome when it is asked to', async () => {
    const good = await backend.call('POST', `/connections/${countries}/sync`, {
      Prefer: 'wait=30',
    });
    assert.equal(good.status, 200);
    assert.equal(good.body.status, 'SUCCESS');

    const broken = await api.create('Nowhere', '/no/such/list');
    const bad = await backend.call('POST', `/connections/${broken}/sync`, { Prefer: 'wait=30' });
    assert.equal(bad.status, 200);
    assert.equal(bad.body.status, 'FAILED');
    assert.equal(bad.body.errorClass, 'CONFIG');

    const failed = await backend.call('GET', `/connections/${broken}/syncs?status=FAILED`);
    assert.deepEqual(
      failed.body.syncs.map((log: { runId: string }) => log.runId),
      [bad.body.runId],
    );
    const none = await backend.call('GET', `/connections/${broken}/syncs?status=SUCCESS`);
    assert.deepEqual(none.body.syncs, []);
    const list = await backend.call('GET', '/connections?status=FAILED');
    assert.deepEqual(
      list.body.connections.map(({ id }: { id: string }) => id),
      [broken],
    );
  });

  test('answers before the end when the wait was too short', async () => {
    await api.hold('/all/countries');
    try {
      const slow = await backend.call('POST', `/connections/${countries}/sync`, {
        Prefer: 'wait=1',
      });
      assert.equal(slow.status, 202);
      assert.match(slow.body.status, /^(PENDING|RUNNING)$/);
    } finally {
      await api.release();
    }
  });

  test('says what is wrong with a call', async () => {
    for (const path of [`/connections/${nobody}/sync`, '/connections/what/sync']) {
      const { status, headers } = await backend.call('POST', path);
      assert.equal(status, 404);
      assert.match(headers.get('content-type')!, /^application\/problem\+json/);
    }
    assert.equal((await backend.call('GET', `/connections/${nobody}/syncs`)).status, 404);
    assert.equal((await backend.call('GET', '/nothing')).status, 404);
    const odd = await backend.call('GET', `/connections/${countries}/syncs?status=BROKEN`);
    assert.equal(odd.status, 400);
    assert.match(odd.body.detail, /PENDING, RUNNING, SUCCESS, FAILED/);
    const unended = await backend.call('GET', '/connections?status=PENDING'); // of a last run that ended
    assert.equal(unended.status, 400);
    assert.match(unended.body.detail, /one of SUCCESS, FAILED/);
    const garbled = await backend.call('GET', '/connections/%/syncs');
    assert.equal(garbled.status, 400);
    const long = await backend.call('POST', `/connections/${countries}/sync`, {
      'Idempotency-Key': 'x'.repeat(129),
    });
    assert.equal(long.status, 400);
    assert.deepEqual(
      long.body.fields.map(({ field }: { field: string }) => field),
      ['request_id'],
    );
  });

  test("shows nothing of another tenant's", async (t) => {
    const theirs = await api.create('Theirs', '/all/countries', 'acme');
    assert.equal((await backend.call('POST', `/connections/${theirs}/sync`)).status, 404);
    assert.equal((await backend.call('GET', `/connections/${theirs}/syncs`)).status, 404);
    const { body } = await backend.call('GET', '/connections');
    assert.ok(!body.connections.some(({ id }: { id: string }) => id === theirs));

    const acme = await Backend.start(stack, { TENANT: 'acme' });
    t.after(() => acme.stop());
    const events = new EventClient(acme);
    const { data } = await events.next('the state', ({ event }) => event === 'snapshot');
    assert.deepEqual(
      data.map(({ id }: { id: string }) => id),
      [theirs],
    );
    events.close();
  });

  test('outlives the schedulers, and so do its clients', async () => {
    const events = new EventClient(backend);
    await events.next('the state', ({ event }) => event === 'snapshot');
    await stack.killSchedulers();
    const refused = await backend.call('POST', `/connections/${countries}/sync`);
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal((await backend.call('GET', '/connections')).status, 200); // reading goes on

    await stack.startSchedulers();
    const key = { 'Idempotency-Key': 'after-the-outage' };
    const { runId } = await until('a sync to be taken', async () => {
      const { status, body } = await backend.call('POST', `/connections/${countries}/sync`, key);
      return status === 202 ? (body as { runId: string }) : undefined;
    });
    await until('the outcome', async () => {
      const { body } = await backend.call('GET', `/connections/${countries}/syncs`);
      return body.syncs.find(
        (log: { runId: string; status: string }) => log.runId === runId && log.status === 'SUCCESS',
      );
    });
    await api.hold('/all/countries');
    const next = await backend.call('POST', `/connections/${countries}/sync`);
    // The client was never cut off, and hears of it.
    await events.next('a run after the outage', tellsOf(next.body.runId));
    await api.release();
    events.close();
  });

  test('is let in by its token alone, and tells nobody of it', async (t) => {
    const stranger = await Backend.start(stack, { SYNC_API_TOKEN_FILE: '' });
    t.after(() => stranger.stop());
    const { status, body } = await stranger.call('POST', `/connections/${countries}/sync`);
    assert.equal(status, 502);
    assert.deepEqual(body, { status: 502, detail: 'Syncing is not available.' });
    await until('what it says of it', async () =>
      stranger.log.find((line) => /^Syncline refused a call: .*MISSING_TOKEN/.test(line)),
    );
    const token = readFileSync(stack.environment.SYNC_API_TOKEN_FILE!, 'utf8');
    assert.ok(!backend.log.join('\n').includes(token));
  });

  test('ends when it is asked to, whoever listens', async (t) => {
    const another = await Backend.start(stack);
    t.after(() => another.stop());
    const events = new EventClient(another);
    await events.next('the state', ({ event }) => event === 'snapshot');
    assert.equal(await another.stop(), 0);
    await events.ended;
  });

  test('does not start with bad settings', async () => {
    await assert.rejects(
      Backend.start(stack, { DATABASE_URL: '', LISTEN: 'x' }),
      /it ended with 2: backend: DATABASE_URL must be .*; LISTEN must be/,
    );
  });
});
