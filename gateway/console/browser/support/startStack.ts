import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';

/** Where the parts of the stack are. */
export interface StackAddresses {
  url: string;
  /** A second gateway, which asks for tokens. */
  guardedUrl: string;
  /** Stops and starts the first gateway. */
  controlUrl: string;
  sampleUrl: string;
  databaseUrl: string;
  /** A token that the guarded gateway knows. */
  token: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    stack: StackAddresses;
  }
}

/** Starts a stack of its own; the function given back stops it. */
export async function startStack(): Promise<{ stack: StackAddresses; stop: () => Promise<void> }> {
  const program = process.env.CONSOLE_STACK;
  if (program === undefined) {
    throw new Error('CONSOLE_STACK must name the program console-stack; ctest sets it');
  }
  const folder = mkdtempSync(join(tmpdir(), 'syncline-console-'));
  const tokens = join(folder, 'tokens');
  const token = randomBytes(24).toString('hex');
  writeFileSync(tokens, `browser:sha256:${createHash('sha256').update(token).digest('hex')}\n`);
  const child = spawn(program, ['--console', join(process.cwd(), 'dist'), '--tokens', tokens], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));

  const line = await Promise.race([
    new Promise<string>((take) => createInterface({ input: child.stdout }).once('line', take)),
    ended.then((): never => {
      throw new Error('console-stack ended before it was ready');
    }),
  ]);
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    rmSync(folder, { recursive: true });
  };
  return { stack: { ...(JSON.parse(line) as Omit<StackAddresses, 'token'>), token }, stop };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stack, stop } = await startStack();
  project.provide('stack', stack);
  return stop;
}
