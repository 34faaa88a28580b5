import type { Response } from 'express';
import type { Feed, FeedEvent } from '../syncline/feed.ts';

const quietLimit = 15_000; // ms; proxies cut what is silent for longer than they like
const backlogLimit = 1_000_000; // bytes that a client may leave unread, beside the newest snapshot

/** Streams the feed to one client as server-sent events, until it hangs up or reads too slowly. */
export function streamEvents(
  { feed, stopping }: { feed: Pick<Feed, 'listen'>; stopping: AbortSignal },
  response: Response,
): void {
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  let unread = backlogLimit;
  const write = (text: string): void => {
    // It comes back by itself, and begins with the state as it then is.
    if (response.writableLength > unread) response.destroy();
    else response.write(text);
  };
  const unlisten = feed.listen((event) => {
    const text = `event: ${event.kind}\ndata: ${dataOf(event)}\n\n`;
    write(text);
    if (event.kind === 'snapshot') unread = backlogLimit + Buffer.byteLength(text);
  });
  const ticker = setInterval(() => write(': still here\n\n'), quietLimit);
  const end = (): void => {
    unlisten(); // nothing may be written after the end
    clearInterval(ticker);
    stopping.removeEventListener('abort', end);
    response.end();
  };
  stopping.addEventListener('abort', end);
  response.on('close', end);
}

function dataOf(event: FeedEvent): string {
  switch (event.kind) {
    case 'snapshot':
      return JSON.stringify(event.connections);
    case 'changed':
      return JSON.stringify(event.connection);
    case 'deleted':
      return JSON.stringify({ id: event.id });
  }
}
