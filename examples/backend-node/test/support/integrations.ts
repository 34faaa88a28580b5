import type { ServiceError } from '@grpc/grpc-js';
import type { Struct } from '../../src/generated/grpc/google/protobuf/Struct.ts';
import type { Value } from '../../src/generated/grpc/google/protobuf/Value.ts';
import type { Integration__Output } from '../../src/generated/grpc/syncline/v1/Integration.ts';
import type { IntegrationServiceClient } from '../../src/generated/grpc/syncline/v1/IntegrationService.ts';
import type { ListRecordsResponse__Output } from '../../src/generated/grpc/syncline/v1/ListRecordsResponse.ts';
import type { SyncLog__Output } from '../../src/generated/grpc/syncline/v1/SyncLog.ts';
import { readSettings } from '../../src/settings.ts';
import { channelTo, SynclineClient } from '../../src/syncline/client.ts';
import { IntegrationService } from '../../src/syncline/protocol.ts';
import { once, type Stack, until } from './stack.ts';

/** What a config is made of here. */
type Json = string | Json[] | { [name: string]: Json };

/** What tests do to integrations through Syncline's API, and what that says of them. */
export class Integrations {
  private readonly stack: Stack;
  private readonly integrations: IntegrationServiceClient;
  private readonly syncline: SynclineClient;

  constructor(stack: Stack) {
    this.stack = stack;
    const settings = readSettings(stack.environment);
    this.integrations = new IntegrationService(...channelTo(settings));
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

  /** Starts a sync; its run. `afterCurrent`: reserves the one after that which is at work. */
  async trigger(integrationId: string, afterCurrent = false): Promise<string> {
    return (await this.syncline.trigger({ integrationId, afterCurrent })).runId;
  }

  /** Syncs now and waits for the end; the run. */
  async sync(integrationId: string): Promise<string> {
    const runId = await this.trigger(integrationId);
    return until(`the end of run ${runId}`, async () => {
      const { activeSync, lastSync } = await this.get(integrationId);
      return !activeSync && lastSync?.runId === runId ? runId : undefined;
    });
  }

  get(integrationId: string): Promise<Integration__Output> {
    return ask((done) => this.integrations.getIntegration({ integrationId }, done));
  }

  async delete(integrationId: string): Promise<void> {
    await ask((done) => this.integrations.deleteIntegration({ integrationId }, done));
  }

  async logs(integrationId: string): Promise<SyncLog__Output[]> {
    const { syncLogs } = await ask<{ syncLogs: SyncLog__Output[] }>((done) =>
      this.syncline.syncs.listSyncLogs({ integrationId }, done),
    );
    return syncLogs;
  }

  records(integrationId: string): Promise<ListRecordsResponse__Output> {
    return ask((done) => this.syncline.syncs.listRecords({ integrationId, pageSize: 1000 }, done));
  }

  /** Holds every request for a list of the sample API until `release`. */
  async hold(path: string): Promise<void> {
    await this.sample('POST', 'gates', { path });
  }

  async release(): Promise<void> {
    await this.sample('DELETE', 'gates');
  }

  /** Answers every request for a list of the sample API with 503. */
  async fail(path: string): Promise<void> {
    await this.sample('POST', 'faults', { path, kind: 'status', status: 503 });
  }

  close(): void {
    this.integrations.close();
    this.syncline.close();
  }

  private async sample(method: string, what: string, body: object = {}): Promise<void> {
    const response = await fetch(`${this.stack.sampleUrl}/admin/${what}`, {
      method,
      headers: once,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} /admin/${what}: ${response.status}`);
  }
}

function ask<T>(
  call: (done: (error: ServiceError | null, response?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error ? reject(error) : resolve(response as T)));
  });
}

// As google.protobuf.Value, which proto-loader has no short form for.
function toValue(json: Json): Value {
  if (typeof json === 'string') return { stringValue: json };
  if (Array.isArray(json)) return { listValue: { values: json.map(toValue) } };
  return { structValue: toStruct(json) };
}

function toStruct(json: { [name: string]: Json }): Struct {
  const fields = Object.entries(json).map(([name, value]) => [name, toValue(value)]);
  return { fields: Object.fromEntries(fields) };
}
