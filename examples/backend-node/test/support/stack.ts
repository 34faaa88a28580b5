import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A whole Syncline of one test file: two schedulers, an executor, PostgreSQL, the sample API. */
export interface Stack {
  /** What the backend's settings are read from. Its login may only read. */
  environment: { [name: string]: string };
  /** PostgreSQL's superuser, for what is the test's own. */
  databaseUrl: string;
  sampleUrl: string;
  killSchedulers(): Promise<void>;
  startSchedulers(): Promise<void>;
  stop(): Promise<void>;
}

/** For requests to the stack's own servers: they wait, when they are to stop, for connections that are kept. */
export const once = { connection: 'close' };

export async function startStack(): Promise<Stack> {
  const { addresses, control, stop } = await run();
  return {
    environment: {
      DATABASE_URL: addresses.readerUrl!,
      SYNC_SCHEDULER_ADDRESS: addresses.schedulers!,
      SYNC_API_TOKEN_FILE: addresses.tokenFile!,
      SYNC_TLS_CA: addresses.authorityFile!,
    },
    databaseUrl: addresses.databaseUrl!,
    sampleUrl: addresses.sampleUrl!,
    killSchedulers: async () => void (await control('/schedulers/kill')),
    startSchedulers: async () => void (await control('/schedulers/start')),
    stop,
  };
}

/** A PostgreSQL alone; `create` gives the URL of a new database, migrated and empty. */
export async function startDatabases(): Promise<{
  create(): Promise<string>;
  stop(): Promise<void>;
}> {
  const { control, stop } = await run('--databases');
  return { create: () => control('/databases'), stop };
}

async function run(...options: string[]) {
  const program = process.env.NODE_STACK;
  if (program === undefined) {
    throw new Error('NODE_STACK must name the program node-stack; ctest sets it');
  }
  const child = spawn(program, options, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const line = await Promise.race([
    new Promise<string>((take) => createInterface({ input: child.stdout }).once('line', take)),
    ended.then((): never => {
      throw new Error('node-stack ended before it was ready');
    }),
  ]);
  const addresses = JSON.parse(line) as { [name: string]: string };
  return {
    addresses,
    control: async (path: string): Promise<string> => {
      const response = await fetch(addresses.controlUrl + path, { method: 'POST', headers: once });
      if (!response.ok) throw new Error(`POST ${path}: ${response.status}`);
      return response.text();
    },
    stop: (): Promise<void> => {
      child.stdin.end();
      return ended;
    },
  };
}

/** Waits until `look` gives something, and gives it. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
