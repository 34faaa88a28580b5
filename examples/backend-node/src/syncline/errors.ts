import { type ServiceError, status } from '@grpc/grpc-js';
import { decode } from './protocol.ts';

interface FieldError {
  field: string;
  description: string;
}

/** An error of Syncline's: what went wrong, and which fields of the request are to blame. */
export class SynclineError extends Error {
  readonly code: status;
  /** A word for programs, as `INTEGRATION_NOT_FOUND`; empty when Syncline did not say. */
  readonly reason: string;
  readonly fields: FieldError[];

  constructor(error: ServiceError) {
    super(error.details);
    this.code = error.code;
    const { reason, fields } = detailsOf(error);
    this.reason = reason;
    this.fields = fields;
  }

  /** Whether the same call may succeed when it is sent again, with the same request id, a little later. */
  get passes(): boolean {
    return (
      this.code === status.UNAVAILABLE ||
      this.code === status.DEADLINE_EXCEEDED ||
      this.code === status.RESOURCE_EXHAUSTED ||
      this.code === status.ABORTED
    );
  }
}

// google.rpc.Status travels in a trailer, and carries its details as messages that name their type.
function detailsOf(error: ServiceError): { reason: string; fields: FieldError[] } {
  const [trailer] = error.metadata.get('grpc-status-details-bin');
  const found: ReturnType<typeof detailsOf> = { reason: '', fields: [] };
  if (!Buffer.isBuffer(trailer)) return found;
  for (const { type_url: type, value } of decode('google.rpc.Status', trailer).details) {
    if (type.endsWith('/google.rpc.ErrorInfo')) {
      found.reason = decode('google.rpc.ErrorInfo', value).reason;
    } else if (type.endsWith('/google.rpc.BadRequest')) {
      found.fields = decode('google.rpc.BadRequest', value).fieldViolations;
    }
  }
  return found;
}
