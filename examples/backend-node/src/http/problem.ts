import { status as code } from '@grpc/grpc-js';
import type { ErrorRequestHandler, Response } from 'express';
import { SynclineError } from '../syncline/errors.ts';

/** A mistake of the caller's, answered with this status and these words. */
export class HttpError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers what went wrong as problem details (RFC 9457). What is not the caller's fault is logged, and not told. */
export function answerErrors(log: (line: string) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
    } else if (error instanceof SynclineError) {
      answerSyncline(response, error, log);
    } else if (isCallersFault(error)) {
      problem(response, error.status, error.message);
    } else {
      log(`a request failed: ${error instanceof Error ? error.message : String(error)}`);
      problem(response, 500, 'Something went wrong here.');
    }
  };
}

// An HttpError, or one of Express's own, for a path that it cannot decode.
function isCallersFault(error: unknown): error is HttpError {
  const { status } = error as HttpError;
  return status >= 400 && status < 500;
}

function answerSyncline(
  response: Response,
  error: SynclineError,
  log: (line: string) => void,
): void {
  const { reason, fields } = error;
  if (error.code === code.NOT_FOUND) {
    problem(response, 404, 'There is no such connection.', { reason });
  } else if (error.code === code.INVALID_ARGUMENT) {
    problem(response, 400, error.message, { reason, fields });
  } else if (error.code === code.FAILED_PRECONDITION || error.code === code.ALREADY_EXISTS) {
    problem(response, 409, error.message, { reason });
  } else if (error.passes) {
    response.set('Retry-After', '1');
    problem(response, 503, 'Syncing is not available at this moment.', { reason });
  } else {
    log(`Syncline refused a call: ${error.message}`); // a token that it does not know, for one
    problem(response, 502, 'Syncing is not available.');
  }
}

function problem(response: Response, status: number, detail: string, more: object = {}): void {
  response
    .status(status)
    .type('application/problem+json')
    .send({ status, detail, ...more });
}
