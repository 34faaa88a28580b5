import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Stack } from './stack.ts';

/** The backend as a process of its own, as `npm start` runs it. */
export class Backend {
  readonly url: string;
  /** What it logged so far. */
  readonly log: string[];
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, url: string, log: string[]) {
    this.child = child;
    this.url = url;
    this.log = log;
  }

  static async start(stack: Stack, environment: NodeJS.ProcessEnv = {}): Promise<Backend> {
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        LISTEN: '127.0.0.1:0',
        ...stack.environment,
        ...environment,
      },
    });
    const log: string[] = [];
    createInterface({ input: child.stderr! }).on('line', (line) => log.push(line));
    const line = await new Promise<string>((take, fail) => {
      createInterface({ input: child.stdout! }).once('line', take);
      child.once('exit', (code) => fail(new Error(`it ended with ${code}: ${log.join('\n')}`)));
    });
    return new Backend(child, line.replace('listening on ', ''), log);
  }

  async call(
    method: string,
    path: string,
    headers: { [name: string]: string } = {},
  ): Promise<{ status: number; headers: Headers; body: any }> {
    const response = await fetch(this.url + path, { method, headers });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** Asks it to end; its exit status. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    return ended;
  }
}

export interface ServerEvent {
  event: string;
  data: any;
}

/** A client of the events. */
export class EventClient {
  private readonly seen: ServerEvent[] = [];
  private readonly hangUp = new AbortController();
  private news = Promise.withResolvers<void>();
  /** Settles when the stream has ended, whoever ended it. */
  readonly ended: Promise<void>;

  constructor(backend: Backend) {
    this.ended = this.read(backend).catch(() => {});
  }

  /** The first event not yet looked at that fits; those before it are passed over. */
  async next(what: string, fits: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    const limit = AbortSignal.timeout(30_000);
    const late = new Promise<never>((_, fail) => {
      limit.addEventListener('abort', () => fail(new Error(`waited in vain for ${what}`)));
    });
    for (;;) {
      for (let event = this.seen.shift(); event; event = this.seen.shift()) {
        if (fits(event)) return event;
      }
      await Promise.race([this.news.promise, late]);
      this.news = Promise.withResolvers();
    }
  }

  close(): void {
    this.hangUp.abort();
  }

  private async read(backend: Backend): Promise<void> {
    const { signal } = this.hangUp;
    const response = await fetch(`${backend.url}/connections/events`, { signal });
    let text = '';
    const decoder = new TextDecoder();
    for await (const part of response.body!) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (event !== undefined) this.seen.push({ event, data: JSON.parse(data!) });
      }
      this.news.resolve();
    }
  }
}
