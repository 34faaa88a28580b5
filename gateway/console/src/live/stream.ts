// The one connection to GET /api/events. EventSource connects again by itself and says where it was;
// only an answer that is an error ends it for good, and then this opens a new one.

import type { LiveEvent } from './events';

/**
 * connecting: not heard of yet. live: told of every change. lost: the gateway does not answer.
 * behind: the gateway answers, but no scheduler tells it of changes.
 */
export type Connection = 'connecting' | 'live' | 'lost' | 'behind';

export interface StreamListener {
  /** Called with events in their order, a batch at a time, at most each FLUSH_INTERVAL. */
  onEvents(events: readonly LiveEvent[]): void;
  onConnection(connection: Connection): void;
  /** The gateway answered with an error: it may not know the token any more. */
  onRefused(): void;
}

/** Milliseconds that events are gathered, so that a thousand changes a minute do not draw a thousand times. */
const FLUSH_INTERVAL = 200;
/** Milliseconds that a gateway may be without a scheduler before that is told. */
const UPSTREAM_GRACE = 2000;
const FIRST_RETRY = 1000;
const LONGEST_RETRY = 15_000;

export class LiveStream {
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private retryDelay = FIRST_RETRY;
  private flush: ReturnType<typeof setTimeout> | undefined;
  private pending: LiveEvent[] = [];
  private grace: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly listener: StreamListener,
  ) {}

  open(): void {
    const source = new EventSource(this.url);
    this.source = source;
    const on = (name: string, take: (data: string) => void): void =>
      source.addEventListener(name, (event: MessageEvent<string>) => take(event.data));

    source.onerror = () => this.lose(source);
    on('upstream', (data) => {
      this.retryDelay = FIRST_RETRY;
      this.hearUpstream((JSON.parse(data) as { connected: boolean }).connected);
    });
    on('snapshot-begin', () => this.take({ kind: 'snapshot-begin' }));
    on('integration', (data) =>
      this.take({ kind: 'integration', integration: JSON.parse(data) as never }),
    );
    on('deleted', (data) => {
      this.take({ kind: 'deleted', id: (JSON.parse(data) as { id: string }).id });
    });
    on('snapshot-end', () => {
      this.take({ kind: 'snapshot-end' });
      this.flushNow();
    });
    on('resumed', () => this.take({ kind: 'resumed' }));
  }

  close(): void {
    clearTimeout(this.retry);
    clearTimeout(this.grace);
    clearTimeout(this.flush);
    this.flush = undefined;
    this.pending = [];
    this.source?.close();
    this.source = null;
  }

  // A gateway connects to a scheduler when the first client comes: that is nothing to warn of.
  private hearUpstream(isConnected: boolean): void {
    clearTimeout(this.grace);
    if (isConnected) this.listener.onConnection('live');
    else this.grace = setTimeout(() => this.listener.onConnection('behind'), UPSTREAM_GRACE);
  }

  private take(event: LiveEvent): void {
    this.pending.push(event);
    this.flush ??= setTimeout(() => this.flushNow(), FLUSH_INTERVAL);
  }

  private flushNow(): void {
    clearTimeout(this.flush);
    this.flush = undefined;
    const events = this.pending;
    this.pending = [];
    this.listener.onEvents(events);
  }

  private lose(source: EventSource): void {
    if (this.source !== source) return;
    clearTimeout(this.grace);
    this.listener.onConnection('lost');
    if (source.readyState !== EventSource.CLOSED) return; // it tries again by itself
    source.close();
    this.listener.onRefused();
    this.retry = setTimeout(() => this.open(), this.retryDelay);
    this.retryDelay = Math.min(this.retryDelay * 2, LONGEST_RETRY);
  }
}
