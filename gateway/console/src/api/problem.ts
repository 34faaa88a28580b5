import type { Problem, ProblemError } from './types';

/** An answer of the API that is an error (RFC 9457), or the lack of an answer. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';

  constructor(
    message: string,
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** For programs: "VERSION_MISMATCH" …; "NO_ANSWER" and "NO_PROBLEM" are the console's own. */
    readonly reason: string,
    readonly errors: readonly ProblemError[] = [],
  ) {
    super(message);
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'reason' in body && 'detail' in body;
}

/** The problem that an answer with a failed status is about, whatever its body is. */
export function problemOf(response: Response, body: unknown): ApiProblem {
  if (isProblem(body)) {
    return new ApiProblem(body.detail, response.status, body.reason, body.errors);
  }
  return new ApiProblem(
    `The server answered ${response.status} ${response.statusText}.`,
    response.status,
    'NO_PROBLEM',
  );
}

/** The problem of a request that got no answer at all. */
export function noAnswer(): ApiProblem {
  return new ApiProblem('The server cannot be reached. Try again in a moment.', 0, 'NO_ANSWER');
}

/** What an error says, with every bad field, in one text. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ApiProblem) || error.errors.length === 0) return error.message;
  const mistakes = error.errors.map((mistake) => {
    const place = mistake.pointer ?? mistake.parameter ?? mistake.header;
    return place === undefined ? mistake.detail : `${place}: ${mistake.detail}`;
  });
  return [error.message, ...mistakes].join('\n');
}

/** Whether a request that failed so often should be sent again: nobody answered, or not for now. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  const isPassing = error instanceof ApiProblem && (error.status === 0 || error.status === 503);
  return isPassing && failures < 3;
}
