// The feed by itself, on streams that a test makes up.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { WatchSyncsRequest } from '../src/generated/grpc/syncline/v1/WatchSyncsRequest.ts';
import { SynclineClient } from '../src/syncline/client.ts';
import { SynclineError } from '../src/syncline/errors.ts';
import { Feed } from '../src/syncline/feed.ts';

test('goes on from the last token that came', async () => {
  const { promise: second, resolve } = Promise.withResolvers<WatchSyncsRequest>();
  const streams: PassThrough[] = [];
  const watchSyncs = (request: WatchSyncsRequest) => {
    const stream = Object.assign(new PassThrough({ objectMode: true }), { cancel: () => {} });
    if (streams.push(stream) === 2) resolve(request);
    return stream;
  };
  const feed = new Feed({ watchSyncs } as any, '', () => {});
  feed.open();
  const [first] = streams;
  first!.write({ event: 'snapshotBegin', resumeToken: '' });
  first!.write({ event: 'snapshotEnd', resumeToken: 'here' });
  first!.end({ event: 'deletedIntegrationId', deletedIntegrationId: 'x', resumeToken: '' });
  assert.equal((await second).resumeToken, 'here');
  feed.close();
});

test('waits for a token that cannot be read', async () => {
  const access = { schedulerAddress: '127.0.0.1:1', tokenFile: '/no/such/file', tlsCa: undefined };
  const client = new SynclineClient(access);
  const { promise: said, resolve: log } = Promise.withResolvers<string>();
  const feed = new Feed(client.syncs, '', log);
  feed.open();
  assert.match(await said, /^watching syncs stopped \(.*ENOENT.*again in/);
  await assert.rejects(
    client.trigger({}),
    (error) => error instanceof SynclineError && error.passes,
  );
  feed.close();
  client.close();
});
