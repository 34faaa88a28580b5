import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import type { ProtoGrpcType as IntegrationTypes } from '../generated/grpc/integration_service.ts';
import type { ProtoGrpcType as SyncTypes } from '../generated/grpc/sync_service.ts';

// The contract as Syncline publishes it, read at the start. `npm run generate` makes its types by the same options.
const definition = loadSync(
  [
    'syncline/v1/sync_service.proto',
    'syncline/v1/integration_service.proto',
    'google/rpc/status.proto',
    'google/rpc/error_details.proto',
  ],
  {
    includeDirs: [fileURLToPath(new URL('../../../../proto', import.meta.url))],
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);

export const { SyncService, IntegrationService } = (
  loadPackageDefinition(definition) as unknown as SyncTypes & IntegrationTypes
).syncline.v1;

interface Messages {
  'google.rpc.Status': { details: { type_url: string; value: Buffer }[] };
  'google.rpc.ErrorInfo': { reason: string };
  'google.rpc.BadRequest': { fieldViolations: { field: string; description: string }[] };
}

/** Reads the bytes of one of the messages that errors carry. */
export function decode<Name extends keyof Messages>(name: Name, bytes: Buffer): Messages[Name] {
  const type = definition[name] as MessageTypeDefinition<object, object>;
  return type.deserialize(bytes) as Messages[Name];
}
