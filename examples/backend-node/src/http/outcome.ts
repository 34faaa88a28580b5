import { readRun } from '../database.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Feed } from '../syncline/feed.ts';

export type Outcome = Awaited<ReturnType<typeof readRun>>;

interface Sources {
  prisma: PrismaClient;
  feed: Feed;
  tenant: string;
  stopping: AbortSignal;
}

/**
 * Waits until a run has ended, `limit` ms at most; its newest log, ended or not. The feed says when to look and the database
 * what became of it, since the feed may tell several changes as one.
 */
export async function awaitOutcome(
  { prisma, feed, tenant, stopping }: Sources,
  run: { connectionId: string; runId: string },
  limit: number,
): Promise<Outcome> {
  const over = AbortSignal.any([stopping, AbortSignal.timeout(limit)]);
  let changed = Promise.withResolvers<void>();
  const wake = (): void => changed.resolve();
  over.addEventListener('abort', wake);
  const stop = feed.listen((event) => {
    if (event.kind !== 'changed' || event.connection.id === run.connectionId) wake();
  });
  try {
    for (;;) {
      changed = Promise.withResolvers(); // before the look, so that no change after it is missed
      const log = await readRun(prisma, tenant, run.runId);
      if (log?.status === 'SUCCESS' || log?.status === 'FAILED' || over.aborted) return log;
      await changed.promise;
    }
  } finally {
    stop();
    over.removeEventListener('abort', wake);
  }
}
