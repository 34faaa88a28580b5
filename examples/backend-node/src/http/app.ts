import { randomUUID } from 'node:crypto';
import express, { type Express, type Request } from 'express';
import { listConnections, listSyncs } from '../database.ts';
import { type PrismaClient, SyncStatus } from '../generated/prisma/client.ts';
import type { SynclineClient } from '../syncline/client.ts';
import type { Feed } from '../syncline/feed.ts';
import { streamEvents } from './events.ts';
import { awaitOutcome, type Outcome } from './outcome.ts';
import { answerErrors, HttpError } from './problem.ts';

export interface Parts {
  syncline: SynclineClient;
  feed: Feed;
  prisma: PrismaClient;
  tenant: string;
  /** Aborted when the backend is to stop: what waits for something ends then. */
  stopping: AbortSignal;
  log: (line: string) => void;
}

const longestWait = 60; // seconds

/** The backend's own API, as its clients know it. */
export function createApp(parts: Parts): Express {
  const { syncline, prisma, tenant, log } = parts;
  const app = express();
  app.disable('x-powered-by');
  // Counts are 64 bits in the tables; JSON has no such numbers.
  app.set('json replacer', (_name: string, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );

  // `status` is that of the last run that ended.
  app.get('/connections', async (request, response) => {
    const status = statusOf(request, ['SUCCESS', 'FAILED']);
    response.json({ connections: await listConnections(prisma, tenant, status) });
  });

  app.get('/connections/events', (_request, response) => streamEvents(parts, response));

  app.get('/connections/:id/syncs', async (request, response) => {
    const status = statusOf(request, Object.values(SyncStatus));
    const syncs = await listSyncs(prisma, tenant, idOf(request), status);
    if (!syncs) throw new HttpError(404, 'There is no such connection.');
    response.json({ syncs });
  });

  // Starts a sync. 202: it is under way; follow the events. With `Prefer: wait=SECONDS` (RFC 7240) the answer waits for the
  // end, and is 200 when that came in time. The same Idempotency-Key gives the same sync.
  app.post('/connections/:id/sync', async (request, response) => {
    const connectionId = idOf(request);
    const wait = waitOf(request);
    const { runId, joined, syncLog } = await syncline.trigger({
      integrationId: connectionId,
      tenantId: tenant,
      requestId: request.get('Idempotency-Key') || randomUUID(), // attempts of this one call share it
    });
    let outcome: Outcome = null;
    if (wait !== undefined) {
      // The sync was taken, whatever keeps this backend from seeing its end.
      outcome = await awaitOutcome(parts, { connectionId, runId }, wait * 1000).catch((error) => {
        log(`reading an outcome failed: ${(error as Error).message}`);
        return null;
      });
    }
    const ended = outcome?.status === 'SUCCESS' || outcome?.status === 'FAILED';
    response.status(ended ? 200 : 202);
    response.json({ runId, joined, status: syncLog?.status, ...outcome });
  });

  app.use((request) => {
    throw new HttpError(404, `There is no ${request.method} ${request.path}.`);
  });
  app.use(answerErrors(log));
  return app;
}

function idOf(request: Request): string {
  const id = String(request.params.id).toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    throw new HttpError(404, 'There is no such connection.');
  }
  return id;
}

function statusOf(request: Request, choice: SyncStatus[]): SyncStatus | undefined {
  const { status } = request.query;
  if (status === undefined) return undefined;
  const known = choice.find((name) => name === status);
  if (!known) throw new HttpError(400, `status must be one of ${choice.join(', ')}`);
  return known;
}

function waitOf(request: Request): number | undefined {
  const [, seconds] = /(?:^|,)\s*wait=(\d+)\s*(?:,|$)/.exec(request.get('Prefer') ?? '') ?? [];
  return seconds === undefined ? undefined : Math.min(longestWait, Number(seconds));
}
