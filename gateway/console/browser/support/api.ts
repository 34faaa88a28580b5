// What specs do behind the browser's back: the API, the database and the sample API.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Integration, IntegrationInput, SyncLog } from '../../src/api/types';
import type { StackAddresses } from './startStack';

const run = promisify(execFile);

type Fields = Partial<IntegrationInput> & { name: string };

export class Backend {
  constructor(private readonly stack: StackAddresses) {}

  /** Sends a request to the API; an answer that is an error fails the test. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.stack.url + path, {
      method,
      ...(body !== undefined && {
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Creates an integration on a list of the sample API, manual only unless `fields` says more. */
  create(fields: Fields, path = '/all/countries', stream: object = {}): Promise<Integration> {
    return this.call('POST', '/api/integrations', {
      type: 'REST',
      syncInterval: null,
      config: {
        baseUrl: this.stack.sampleUrl,
        streams: [{ name: 'records', path, records: '/data', key: ['/alpha_2'], ...stream }],
      },
      ...fields,
    });
  }

  /** The languages, in 16 pages of 500. */
  createLanguages(fields: Fields): Promise<Integration> {
    return this.create(fields, '/languages', {
      key: ['/alpha_3'],
      pagination: { kind: 'page', sizeParam: 'per_page', size: 500, totalPages: '/totalPages' },
    });
  }

  trigger(id: string): Promise<SyncLog> {
    return this.call('POST', `/api/integrations/${id}/sync`);
  }

  /** Waits for the end of the run that is asked for here. */
  async sync(id: string): Promise<void> {
    const { runId } = await this.trigger(id);
    await until(`the end of run ${runId}`, async () => {
      const { lastSync, activeSync } = await this.call<Integration>(
        'GET',
        `/api/integrations/${id}`,
      );
      return activeSync === null && lastSync?.runId === runId;
    });
  }

  async deleteAll(): Promise<void> {
    for (;;) {
      const list = await this.call<{ integrations: Integration[] }>('GET', '/api/integrations');
      if (list.integrations.length === 0) return;
      for (const { id } of list.integrations) await this.call('DELETE', `/api/integrations/${id}`);
    }
  }

  /** Asks or changes the sample API. */
  async sample(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.stack.sampleUrl + path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Lets so many requests of a list by, and holds those that follow until `release`. */
  async hold(path: string, after: number): Promise<void> {
    await this.sample('POST', '/admin/gates', { path, skip: after });
  }

  async release(): Promise<void> {
    await this.sample('DELETE', '/admin/gates');
  }

  /** The first column of the first row that a statement gives. */
  async query(sql: string): Promise<string> {
    const { stdout } = await run('psql', [this.stack.databaseUrl, '-XAtqc', sql]);
    return stdout.trim();
  }

  async gateway(action: 'kill' | 'start'): Promise<void> {
    const response = await fetch(`${this.stack.controlUrl}/gateway/${action}`, { method: 'POST' });
    if (!response.ok) throw new Error(`the gateway did not ${action}`);
  }
}

/** Waits until a condition holds. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
