import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { integrationOf } from '../testing/samples';
import type { LiveEvent } from './events';
import { LiveStream, type Connection } from './stream';

/** As much of EventSource as the stream uses, driven by the test. */
class FakeSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  readyState = 1;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
    FakeSource.made.push(this);
  }
  tell(name: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.();
  }
  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
}

describe('LiveStream', () => {
  const batches: LiveEvent[][] = [];
  const connections: Connection[] = [];
  let refusals = 0;
  let stream: LiveStream;
  const source = () => FakeSource.made.at(-1)!;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    FakeSource.made = [];
    batches.length = connections.length = refusals = 0;
    stream = new LiveStream('/api/events', {
      onEvents: (events) => batches.push([...events]),
      onConnection: (connection) => connections.push(connection),
      onRefused: () => refusals++,
    });
    stream.open();
  });
  afterEach(() => {
    stream.close();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('gathers events, but shows a snapshot as soon as it is whole', () => {
    source().tell('snapshot-begin');
    source().tell('integration', integrationOf({ id: 'a' }));
    expect(batches).toEqual([]);
    source().tell('snapshot-end');
    expect(batches.map((events) => events.length)).toEqual([3]);
    source().tell('integration', integrationOf({ id: 'b' }));
    source().tell('deleted', { id: 'a' });
    expect(batches).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(batches[1]).toEqual([
      { kind: 'integration', integration: integrationOf({ id: 'b' }) },
      { kind: 'deleted', id: 'a' },
    ]);
  });

  it('does not warn of a gateway that finds its scheduler at once, and does of one that does not', () => {
    source().tell('upstream', { connected: false });
    vi.advanceTimersByTime(1000);
    source().tell('upstream', { connected: true });
    vi.advanceTimersByTime(60_000);
    expect(connections).toEqual(['live']);
    source().tell('upstream', { connected: false });
    vi.advanceTimersByTime(2000);
    expect(connections).toEqual(['live', 'behind']);
  });

  it('leaves connecting again to the browser while that tries', () => {
    source().fail(FakeSource.CONNECTING);
    vi.advanceTimersByTime(60_000);
    expect(FakeSource.made).toHaveLength(1);
    expect(connections).toEqual(['lost']);
    expect(refusals).toBe(0);
  });

  it('connects again itself after an answer that is an error, less and less often', () => {
    const waits: number[] = [];
    for (let count = 1; count <= 6; count++) {
      source().fail(FakeSource.CLOSED);
      let waited = 0;
      while (FakeSource.made.length === count) {
        vi.advanceTimersByTime(1000);
        waited++;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([1, 2, 4, 8, 15, 15]);
    expect(refusals).toBe(6);
    source().tell('upstream', { connected: true });
    source().fail(FakeSource.CLOSED);
    vi.advanceTimersByTime(1000);
    expect(FakeSource.made).toHaveLength(8);
  });

  it('is silent once it is closed', () => {
    source().tell('integration', integrationOf());
    stream.close();
    source().fail(FakeSource.CLOSED);
    vi.advanceTimersByTime(60_000);
    expect(batches).toEqual([]);
    expect(connections).toEqual([]);
    expect(FakeSource.made).toHaveLength(1);
  });
});
