import type { ServiceError } from '@grpc/grpc-js';
import type { Integration__Output } from '../../src/generated/grpc/syncline/v1/Integration.ts';
import type { IntegrationServiceClient } from '../../src/generated/grpc/syncline/v1/IntegrationService.ts';
import type { ListRecordsResponse__Output } from '../../src/generated/grpc/syncline/v1/ListRecordsResponse.ts';
import type { SyncLog__Output } from '../../src/generated/grpc/syncline/v1/SyncLog.ts';
import { connection, SynclineClient } from '../../src/syncline/client.ts';
import { IntegrationService } from '../../src/syncline/protocol.ts';
import { once, type Stack, until } from './stack.ts';

type Value = { [kind: string]: unknown };

/** What tests do to integrations through Syncline's API, and what that says of them. */
export class Integrations {
  private readonly stack: Stack;
  private readonly integrations: IntegrationServiceClient;
  private readonly syncline: SynclineClient;

  constructor(stack: Stack) {
    this.stack = stack;
    const settings = { ...stack, tlsCa: undefined };
    const { credentials, options } = connection(settings);
    this.integrations = new IntegrationService(stack.schedulerAddress, credentials, options);
    this.syncline = new SynclineClient(settings);
  }

  /** Creates one on a list of the sample API that is synced only when asked; its id. */
  async create(name: string, path = '/all/countries', tenantId = ''): Promise<string> {
    const config = {
      baseUrl: this.stack.sampleUrl,
      streams: [{ name: 'records', path, records: '/data', key: ['/alpha_2'] }],
    };
    const integration = {
      name,
      tenantId,
      type: 'REST',
      config: toStruct(config),
      syncSettings: { syncEnabled: true },
    } as const;
    const { id } = await ask<Integration__Output>((done) =>
      this.integrations.createIntegration({ integration }, done),
    );
    return id;
  }

  /** Starts a sync; its run. */
  async trigger(integrationId: string, tenantId = ''): Promise<string> {
    return (await this.syncline.trigger({ integrationId, tenantId, requestId: '' })).runId;
  }

  /** Syncs now and waits for the end; the run. */
  async sync(integrationId: string, tenantId = ''): Promise<string> {
    const runId = await this.trigger(integrationId, tenantId);
    return until(`the end of run ${runId}`, async () => {
      const { activeSync, lastSync } = await this.get(integrationId, tenantId);
      return !activeSync && lastSync?.runId === runId ? runId : undefined;
    });
  }

  get(integrationId: string, tenantId = ''): Promise<Integration__Output> {
    return ask((done) => this.integrations.getIntegration({ integrationId, tenantId }, done));
  }

  async delete(integrationId: string): Promise<void> {
    await ask((done) => this.integrations.deleteIntegration({ integrationId }, done));
  }

  async logs(integrationId: string, tenantId = ''): Promise<SyncLog__Output[]> {
    const { syncLogs } = await ask<{ syncLogs: SyncLog__Output[] }>((done) =>
      this.syncline.syncs.listSyncLogs({ integrationId, tenantId }, done),
    );
    return syncLogs;
  }

  records(integrationId: string): Promise<ListRecordsResponse__Output> {
    return ask((done) => this.syncline.syncs.listRecords({ integrationId, pageSize: 1000 }, done));
  }

  /** Holds every request for a list of the sample API until `release`. */
  async hold(path: string): Promise<void> {
    await this.sample('POST', JSON.stringify({ path, skip: 0 }));
  }

  async release(): Promise<void> {
    await this.sample('DELETE');
  }

  close(): void {
    this.integrations.close();
    this.syncline.close();
  }

  private async sample(method: string, body?: string): Promise<void> {
    const response = await fetch(`${this.stack.sampleUrl}/admin/gates`, {
      method,
      headers: once,
      ...(body !== undefined && { body }),
    });
    if (!response.ok) throw new Error(`${method} /admin/gates: ${response.status}`);
  }
}

function ask<T>(
  call: (done: (error: ServiceError | null, response?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error ? reject(error) : resolve(response as T)));
  });
}

// JSON as google.protobuf.Value: proto-loader has no short form for it.
function toValue(json: unknown): Value {
  if (json === null) return { nullValue: 'NULL_VALUE' };
  if (typeof json === 'string') return { stringValue: json };
  if (typeof json === 'number') return { numberValue: json };
  if (typeof json === 'boolean') return { boolValue: json };
  if (Array.isArray(json)) return { listValue: { values: json.map(toValue) } };
  return { structValue: toStruct(json as object) };
}

function toStruct(json: object): { fields: { [name: string]: Value } } {
  const fields = Object.entries(json).map(([name, value]) => [name, toValue(value)]);
  return { fields: Object.fromEntries(fields) as { [name: string]: Value } };
}
