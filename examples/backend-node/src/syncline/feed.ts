import type { ClientReadableStream } from '@grpc/grpc-js';
import type { SyncServiceClient } from '../generated/grpc/syncline/v1/SyncService.ts';
import type { WatchSyncsResponse__Output } from '../generated/grpc/syncline/v1/WatchSyncsResponse.ts';
import { type Connection, toConnection } from './connection.ts';

export type FeedEvent =
  | { kind: 'snapshot'; connections: Connection[] }
  | { kind: 'changed'; connection: Connection }
  | { kind: 'deleted'; id: string };

const shortestPause = 100; // ms until the stream is opened again; doubled with each failure in a row
const longestPause = 5_000;

/**
 * The present state of a tenant's integrations, kept by one WatchSyncs stream for all who look. A stream that ends is opened
 * again where it ended; what cannot be resumed begins with a snapshot, so that nothing is missed for good.
 */
export class Feed {
  private readonly syncs: Pick<SyncServiceClient, 'watchSyncs'>;
  private readonly tenant: string;
  private readonly log: (line: string) => void;
  private readonly listeners = new Set<(event: FeedEvent) => void>();
  private connections: Map<string, Connection> | undefined; // undefined before the first snapshot
  private snapshot: Map<string, Connection> | undefined; // one that is still coming in
  private resumeToken = '';
  private failures = 0;
  private stream: ClientReadableStream<WatchSyncsResponse__Output> | undefined;
  private pause: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    syncs: Pick<SyncServiceClient, 'watchSyncs'>,
    tenant: string,
    log: (line: string) => void,
  ) {
    this.syncs = syncs;
    this.tenant = tenant;
    this.log = log;
  }

  /** Follows until `close`. */
  open(): void {
    const stream = this.syncs.watchSyncs({
      tenantId: this.tenant,
      resumeToken: this.resumeToken,
    });
    this.stream = stream;
    this.snapshot = undefined;
    stream.on('data', (response: WatchSyncsResponse__Output) => this.take(response));
    stream.on('error', (error) => this.openAgain(stream, error.message));
    stream.on('end', () => this.openAgain(stream, 'the stream has ended'));
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.pause);
    this.stream?.cancel();
  }

  /** Tells `listener` the state as it is, and each change from now on; the function given back ends that. */
  listen(listener: (event: FeedEvent) => void): () => void {
    if (this.connections) {
      listener({ kind: 'snapshot', connections: [...this.connections.values()] });
    }
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private take(response: WatchSyncsResponse__Output): void {
    this.failures = 0;
    switch (response.event) {
      case 'snapshotBegin':
        this.snapshot = new Map();
        break;
      case 'snapshotEnd':
        this.connections = this.snapshot ?? new Map();
        this.snapshot = undefined;
        this.tell({ kind: 'snapshot', connections: [...this.connections.values()] });
        break;
      case 'integration': {
        const connection = toConnection(response.integration!);
        (this.snapshot ?? this.connections)?.set(connection.id, connection);
        if (!this.snapshot) this.tell({ kind: 'changed', connection });
        break;
      }
      case 'deletedIntegrationId': {
        const id = response.deletedIntegrationId!;
        (this.snapshot ?? this.connections)?.delete(id);
        if (!this.snapshot) this.tell({ kind: 'deleted', id });
        break;
      }
      case 'resumed':
        break;
    }
    // Within a snapshot there is nothing yet to go on from.
    if (!this.snapshot && response.resumeToken) this.resumeToken = response.resumeToken;
  }

  private tell(event: FeedEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  // A stream that fails may say so twice, as an error and as its end; the first counts.
  private openAgain(stream: ClientReadableStream<WatchSyncsResponse__Output>, why: string): void {
    if (this.closed || this.stream !== stream) return;
    this.stream = undefined;
    const longest = Math.min(longestPause, shortestPause * 2 ** this.failures);
    this.failures += 1;
    const wait = longest * (0.5 + Math.random() / 2); // so that many backends do not come back at once
    this.log(`watching syncs stopped (${why}); again in ${Math.round(wait)} ms`);
    this.pause = setTimeout(() => this.open(), wait);
  }
}
