import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';

/** Where the parts of the stack are. */
export interface StackAddresses {
  url: string;
  /** A second gateway, which asks for tokens. */
  guardedUrl: string;
  /** A token that the guarded gateway knows. */
  token: string;
  /** Stops and starts the first gateway. */
  controlUrl: string;
  sampleUrl: string;
  databaseUrl: string;
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
  const child = spawn(program, ['--console', join(process.cwd(), 'dist')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));

  const line = await Promise.race([
    new Promise<string>((take) => createInterface({ input: child.stdout }).once('line', take)),
    ended.then((): never => {
      throw new Error('console-stack ended before it was ready');
    }),
  ]);
  const stop = (): Promise<void> => {
    child.stdin.end();
    return ended;
  };
  return { stack: JSON.parse(line) as StackAddresses, stop };
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stack, stop } = await startStack();
  project.provide('stack', stack);
  return stop;
}
