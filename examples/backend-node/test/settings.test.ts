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
    DATABASE_URL: 'mysql://app:hunter2@db/app',
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

test('a port beyond 65535 is a mistake', () => {
  assert.throws(() => readSettings({ DATABASE_URL, LISTEN: '127.0.0.1:65536' }), /LISTEN/);
});
