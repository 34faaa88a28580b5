import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type SyncStatus } from './generated/prisma/client.ts';

const newestFirst = [{ createdAt: 'desc' }, { id: 'desc' }] as const;

// What this backend's clients see of a log.
const shownOfLog = {
  id: true,
  runId: true,
  status: true,
  trigger: true,
  attempt: true,
  createdAt: true,
  startedAt: true,
  completedAt: true,
  duration: true,
  fetched: true,
  created: true,
  updated: true,
  unchanged: true,
  deleted: true,
  errorClass: true,
  errorMessage: true,
} as const;

/**
 * A Prisma Client of Syncline's tables. Its sessions speak UTC whatever the server or the URL says: the adapter takes every
 * time that comes for UTC, and would be wrong by the offset.
 */
export function openPrisma(databaseUrl: string): PrismaClient {
  const url = new URL(databaseUrl);
  const options = url.searchParams.get('options') ?? '';
  url.searchParams.set('options', `${options} -c TimeZone=UTC`); // the last one counts
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url.href, max: 5 }) });
}

/** The tenant's first 100 integrations by name, each with its last run; only those whose last run ended so, if asked for. */
export function listConnections(
  prisma: PrismaClient,
  tenantId: string,
  status: SyncStatus | undefined,
) {
  return prisma.integration.findMany({
    where: { tenantId, deletedAt: null, ...(status && { lastStatus: status }) },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: 100,
    select: {
      id: true,
      name: true,
      syncInterval: true,
      syncEnabled: true,
      nextSyncAt: true,
      lastRunId: true,
      lastStatus: true,
      lastCompletedAt: true,
      lastDuration: true,
      lastErrorClass: true,
      lastErrorMessage: true,
      lastSuccessAt: true,
    },
  });
}

/** The newest 50 logs of an integration; undefined when the tenant has no such integration. */
export async function listSyncs(
  prisma: PrismaClient,
  tenantId: string,
  id: string,
  status: SyncStatus | undefined,
) {
  const found = await prisma.integration.findFirst({
    where: { id, tenantId, deletedAt: null },
    select: {
      syncLogs: {
        select: shownOfLog,
        where: status ? { status } : {},
        orderBy: [...newestFirst],
        take: 50, // of one integration; of several, Prisma would fetch all and cut them itself
      },
    },
  });
  return found?.syncLogs;
}

/** The newest log of a run: its outcome, once that is SUCCESS or FAILED. A retry is a newer log of the same run. */
export function readRun(prisma: PrismaClient, tenantId: string, runId: string) {
  return prisma.syncLog.findFirst({
    where: { tenantId, runId },
    select: shownOfLog,
    orderBy: { attempt: 'desc' },
  });
}
