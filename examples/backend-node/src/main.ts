import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openPrisma } from './database.ts';
import { createApp } from './http/app.ts';
import { readSettings, type Settings } from './settings.ts';
import { SynclineClient } from './syncline/client.ts';
import { Feed } from './syncline/feed.ts';

const log = (line: string): void => console.error(line);

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    log(`backend: ${(error as Error).message}`);
    process.exit(2);
  }
}

const settings = settingsOrExit();
const { tenant } = settings;
const syncline = new SynclineClient(settings);
const feed = new Feed(syncline.syncs, tenant, log);
const prisma = openPrisma(settings.databaseUrl);
const stopping = new AbortController();
const { signal } = stopping;
const parts = { syncline, feed, prisma, tenant, stopping: signal, log };
const server = createServer(createApp(parts));

async function stop(): Promise<void> {
  const closed = new Promise((done) => server.close(done)); // once the last request has its answer
  stopping.abort();
  // A client that keeps its connection for a next request would hold up the end, and one that does not read would prevent it.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  setTimeout(() => server.closeAllConnections(), 5_000).unref();
  await closed;
  clearInterval(idle);
  feed.close();
  syncline.close();
  await prisma.$disconnect();
}

process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

server.once('error', (error) => {
  log(`backend: ${error.message}`);
  process.exit(1);
});
server.listen(settings.port, settings.host, () => {
  feed.open();
  const { address, port } = server.address() as AddressInfo;
  console.log(`listening on http://${address}:${port}`);
});
