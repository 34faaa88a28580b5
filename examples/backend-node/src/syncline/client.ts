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

type Access = Pick<Settings, 'schedulerAddress' | 'tokenFile' | 'tlsCa'>;

/** What a client of any of Syncline's services is constructed with. */
export function channelTo({
  schedulerAddress,
  tokenFile,
  tlsCa,
}: Access): [string, grpc.ChannelCredentials, grpc.ClientOptions] {
  return [
    schedulerAddress,
    tlsCa ? grpc.credentials.createSsl(tlsCa) : grpc.credentials.createInsecure(),
    {
      'grpc.service_config': JSON.stringify(serviceConfig),
      // A dead connection of a stream on which nothing happens is noticed by this alone.
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 5_000,
      // A scheduler that comes back is found within seconds.
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 2_000,
      interceptors: tokenFile === undefined ? [] : [showToken(tokenFile)],
    },
  ];
}

// Reads the file for each call, so that a token is replaced without a restart. A call without its token fails as one does that
// reaches no scheduler: a file that is being replaced is there again soon.
function showToken(file: string): grpc.Interceptor {
  return (options, next) => {
    const call = next(options);
    return new grpc.InterceptingCall(call, {
      start(metadata, listener, start) {
        try {
          metadata.set('authorization', `Bearer ${readFileSync(file, 'utf8').trim()}`);
        } catch (error) {
          call.cancelWithStatus(grpc.status.UNAVAILABLE, (error as Error).message);
        }
        start(metadata, listener);
      },
    });
  };
}

/** The part of Syncline's API that this backend calls. */
export class SynclineClient {
  readonly syncs: SyncServiceClient;

  constructor(access: Access) {
    this.syncs = new SyncService(...channelTo(access));
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
