// One client's stream of events by itself, on a feed that a test makes up.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import express, { type Response } from 'express';
import { streamEvents } from '../src/http/events.ts';
import type { FeedEvent } from '../src/syncline/feed.ts';

const megabyte = 'x'.repeat(1_000_000);
const named = (name: string) => ({ id: 'a', name }) as any; // a connection

// A client that has asked for the events and reads nothing, and the server's side of it.
async function start(t: TestContext, snapshot: FeedEvent) {
  const listeners = new Set<(event: FeedEvent) => void>();
  const listen = (listener: (event: FeedEvent) => void) => {
    listener(snapshot);
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const stopping = new AbortController();
  const asked = Promise.withResolvers<Response>();
  const app = express().get('/', (_request, response) => {
    streamEvents({ feed: { listen } as any, stopping: stopping.signal }, response);
    asked.resolve(response);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client: Socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  t.after(() => {
    client.destroy();
    server.close();
  });
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return { listeners, stopping, response: await asked.promise };
}

test('nothing is written once the backend stops, to one that does not read either', async (t) => {
  const snapshot: FeedEvent = { kind: 'snapshot', connections: [named(megabyte.repeat(20))] };
  const { listeners, stopping, response } = await start(t, snapshot);
  stopping.abort();
  assert.ok(response.writableEnded);
  assert.equal(listeners.size, 0);
});

test('a snapshot may be as large as it is, and what follows it may not pile up', async (t) => {
  const snapshot: FeedEvent = { kind: 'snapshot', connections: [named(megabyte.repeat(20))] };
  const { listeners, response } = await start(t, snapshot);
  const tell = (event: FeedEvent) => listeners.forEach((listener) => listener(event));
  tell({ kind: 'changed', connection: named('small') });
  assert.ok(!response.destroyed);
  for (let i = 0; i < 3; ++i) tell({ kind: 'changed', connection: named(megabyte) });
  assert.ok(response.destroyed);
  if (!response.closed) await once(response, 'close');
  assert.equal(listeners.size, 0);
});
