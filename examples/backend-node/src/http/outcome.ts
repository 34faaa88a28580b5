import type { Database } from '../database.ts';
import type { Feed } from '../syncline/feed.ts';

type Run = NonNullable<Awaited<ReturnType<Database['readRun']>>>;

interface Sources {
  database: Database;
  feed: Feed;
  stopping: AbortSignal;
}

/**
 * Waits until a run has ended, `limit` ms at most; its newest log, ended or not. The feed says when to look and the database
 * what became of it, since the feed may tell several changes as one.
 */
export async function awaitOutcome(
  { database, feed, stopping }: Sources,
  run: { tenant: string; connectionId: string; runId: string },
  limit: number,
): Promise<Run | null> {
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
      const log = await database.readRun(run.tenant, run.runId);
      if (log?.status === 'SUCCESS' || log?.status === 'FAILED' || over.aborted) return log;
      await changed.promise;
    }
  } finally {
    stop();
    over.removeEventListener('abort', wake);
  }
}
