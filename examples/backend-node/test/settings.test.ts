import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '../src/settings.ts';

const DATABASE_URL = 'postgresql://app@db/app';

test('what is left out has a default', () => {
  assert.deepEqual(readSettings({ DATABASE_URL }), {
    databaseUrl: DATABASE_URL,
    schedulerAddress: '127.0.0.1:50051',
    tokenFile: undefined,
    tlsCa: undefined,
    tenant: '',
    host: '127.0.0.1',
    port: 3000,
  });
});

test('every mistake is told at once, without what the variables hold', () => {
  const environment = {
    DATABASE_URL: 'postgresql://app:hunter2@db:port/app',
    LISTEN: 'localhost',
    SYNC_TLS_CA: '/no/such/ca.pem',
    SYNC_API_TOKEN_FILE: '/no/such/token',
  };
  assert.throws(
    () => readSettings(environment),
    ({ message }: Error) => {
      for (const name of Object.keys(environment)) assert.match(message, new RegExp(name));
      assert.doesNotMatch(message, /hunter2/);
      return true;
    },
  );
});

test('several schedulers are named as for Syncline itself', () => {
  const addressOf = (SYNC_SCHEDULER_ADDRESS: string) =>
    readSettings({ DATABASE_URL, SYNC_SCHEDULER_ADDRESS }).schedulerAddress;
  assert.equal(addressOf('scheduler:50051'), 'scheduler:50051');
  assert.equal(addressOf('10.0.0.1:50051,10.0.0.2:50051'), 'ipv4:10.0.0.1:50051,10.0.0.2:50051');
  // gRPC for Node.js takes no list of names.
  assert.throws(() => addressOf('one:50051,two:50051'), /SYNC_SCHEDULER_ADDRESS must be one/);
});

test('a port beyond 65535 is a mistake', () => {
  assert.throws(() => readSettings({ DATABASE_URL, LISTEN: '127.0.0.1:65536' }), /LISTEN/);
});
