import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A whole Syncline of one test file: two schedulers, an executor, PostgreSQL, the sample API. */
export interface Stack {
  /** A gRPC target that leads to both schedulers. */
  schedulerAddress: string;
  databaseUrl: string;
  sampleUrl: string;
  /** The file of a token that the schedulers know, and the token. */
  tokenFile: string;
  token: string;
  killSchedulers(): Promise<void>;
  startSchedulers(): Promise<void>;
  /** The URL of a new database, migrated and empty. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

/** For requests to the stack's own servers: they wait, when they are to stop, for connections that are kept. */
export const once = { connection: 'close' };

export async function startStack(): Promise<Stack> {
  const program = process.env.NODE_STACK;
  if (program === undefined) {
    throw new Error('NODE_STACK must name the program node-stack; ctest sets it');
  }
  const folder = mkdtempSync(join(tmpdir(), 'syncline-node-'));
  const token = randomBytes(24).toString('hex');
  const tokenFile = join(folder, 'token');
  const tokens = join(folder, 'tokens');
  writeFileSync(tokenFile, `${token}\n`);
  writeFileSync(tokens, `backend:sha256:${createHash('sha256').update(token).digest('hex')}\n`);

  const child = spawn(program, ['--tokens', tokens], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const line = await Promise.race([
    new Promise<string>((take) => createInterface({ input: child.stdout }).once('line', take)),
    ended.then((): never => {
      throw new Error('node-stack ended before it was ready');
    }),
  ]);
  const { schedulers, databaseUrl, sampleUrl, controlUrl } = JSON.parse(line) as {
    [name: string]: string;
  };
  const control = async (path: string): Promise<string> => {
    const response = await fetch(controlUrl + path, { method: 'POST', headers: once });
    if (!response.ok) throw new Error(`POST ${path}: ${response.status}`);
    return response.text();
  };
  return {
    schedulerAddress: `ipv4:${schedulers}`,
    databaseUrl: databaseUrl!,
    sampleUrl: sampleUrl!,
    tokenFile,
    token,
    killSchedulers: async () => void (await control('/schedulers/kill')),
    startSchedulers: async () => void (await control('/schedulers/start')),
    newDatabase: () => control('/databases'),
    stop: async () => {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true });
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
