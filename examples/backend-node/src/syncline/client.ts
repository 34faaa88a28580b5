import { readFileSync } from 'node:fs';
import * as grpc from '@grpc/grpc-js';
import type { SyncServiceClient } from '../generated/grpc/syncline/v1/SyncService.ts';
import type { TriggerSyncRequest } from '../generated/grpc/syncline/v1/TriggerSyncRequest.ts';
import type { TriggerSyncResponse__Output } from '../generated/grpc/syncline/v1/TriggerSyncResponse.ts';
import type { Settings } from '../settings.ts';
import { SynclineError } from './errors.ts';
import { SyncService } from './protocol.ts';

const callLimit = 10_000; // ms, with all attempts

// Any scheduler serves any call, so calls go round. A trigger that carries a request id may be sent again: Syncline gives the
// run that it already gave.
const serviceConfig = {
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{ service: 'syncline.v1.SyncService', method: 'TriggerSync' }],
      retryPolicy: {
        maxAttempts: 4,
        initialBackoff: '0.1s',
        maxBackoff: '1s',
        backoffMultiplier: 3,
        retryableStatusCodes: ['UNAVAILABLE'],
      },
    },
  ],
};

type Connection = Pick<Settings, 'schedulerAddress' | 'tokenFile' | 'tlsCa'>;

/** Channel credentials and options to reach the schedulers with; any of Syncline's services can be called by them. */
export function connection({ tokenFile, tlsCa }: Connection): {
  credentials: grpc.ChannelCredentials;
  options: grpc.ClientOptions;
} {
  return {
    credentials: tlsCa ? grpc.credentials.createSsl(tlsCa) : grpc.credentials.createInsecure(),
    options: {
      'grpc.service_config': JSON.stringify(serviceConfig),
      // A dead connection of a stream on which nothing happens is noticed by this alone.
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
      // A scheduler that comes back is found within seconds.
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 2_000,
      interceptors: tokenFile === undefined ? [] : [showToken(tokenFile)],
    },
  };
}

// Reads the file for each call, so that a token is replaced without a restart.
function showToken(file: string): grpc.Interceptor {
  return (options, next) =>
    new grpc.InterceptingCall(next(options), {
      start(metadata, listener, start) {
        metadata.set('authorization', `Bearer ${readFileSync(file, 'utf8').trim()}`);
        start(metadata, listener);
      },
    });
}

/** The part of Syncline's API that this backend calls. */
export class SynclineClient {
  readonly syncs: SyncServiceClient;

  constructor(settings: Connection) {
    const { credentials, options } = connection(settings);
    this.syncs = new SyncService(settings.schedulerAddress, credentials, options);
  }

  /** Asks for a sync now, or joins the one that is active. Throws a SynclineError. */
  trigger(request: TriggerSyncRequest): Promise<TriggerSyncResponse__Output> {
    return new Promise((resolve, reject) => {
      const deadline = Date.now() + callLimit;
      this.syncs.triggerSync(request, { deadline }, (error, response) => {
        if (error) reject(new SynclineError(error));
        else resolve(response as TriggerSyncResponse__Output);
      });
    });
  }

  close(): void {
    this.syncs.close();
  }
}
