import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type SyncStatus } from './generated/prisma/client.ts';

const newestFirst = [{ createdAt: 'desc' }, { id: 'desc' }] as const;

// What this backend's clients see of a log. Counts are 64 bits in the tables; JSON has no such numbers.
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
  recordsCount: true,
  errorClass: true,
  errorMessage: true,
} as const;

/**
 * A Prisma Client of these tables. Its sessions speak UTC whatever the server's time zone is: the adapter takes every time that
 * comes for UTC, and would be wrong by the offset.
 */
export function openPrisma(databaseUrl: string): PrismaClient {
  const options = '-c TimeZone=UTC';
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: databaseUrl, options, max: 5 }),
  });
}

function open(databaseUrl: string) {
  return openPrisma(databaseUrl).$extends({
    result: {
      syncLog: {
        duration: {
          needs: { duration: true },
          compute: ({ duration }) => Number(duration),
        },
        // What a run brought and was kept, as the REST API counts it.
        recordsCount: {
          needs: { created: true, updated: true, unchanged: true },
          compute: ({ created, updated, unchanged }) => Number(created + updated + unchanged),
        },
      },
    },
  });
}

/** What this backend reads of Syncline's tables. It writes nothing there: whatever is to change goes through the API. */
export class Database {
  private readonly prisma: ReturnType<typeof open>;

  constructor(databaseUrl: string) {
    this.prisma = open(databaseUrl);
  }

  /** The tenant's first 100 integrations by name, each with its newest logs; only those whose last run ended so, if asked for. */
  listConnections(tenantId: string, status: SyncStatus | undefined) {
    return this.prisma.integration.findMany({
      where: { tenantId, deletedAt: null, ...(status && { lastStatus: status }) },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      take: 100,
      select: {
        id: true,
        name: true,
        syncInterval: true,
        syncEnabled: true,
        nextSyncAt: true,
        lastStatus: true,
        syncLogs: { select: shownOfLog, orderBy: [...newestFirst], take: 3 },
      },
    });
  }

  /** The newest 50 logs of an integration; undefined when the tenant has no such integration. */
  async listSyncs(tenantId: string, id: string, status: SyncStatus | undefined) {
    const found = await this.prisma.integration.findFirst({
      where: { id, tenantId, deletedAt: null },
      select: {
        syncLogs: {
          select: shownOfLog,
          where: status ? { status } : {},
          orderBy: [...newestFirst],
          take: 50,
        },
      },
    });
    return found?.syncLogs;
  }

  /** The newest log of a run: its outcome, once that is SUCCESS or FAILED. A retry is a newer log of the same run. */
  readRun(tenantId: string, runId: string) {
    return this.prisma.syncLog.findFirst({
      where: { tenantId, runId },
      select: shownOfLog,
      orderBy: { attempt: 'desc' },
    });
  }

  close(): Promise<void> {
    return this.prisma.$disconnect();
  }
}
