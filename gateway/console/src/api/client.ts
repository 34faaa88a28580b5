import createClient from 'openapi-fetch';
import { noteServerDate } from '../time/clock';
import { noAnswer, problemOf } from './problem';
import type { paths } from './schema.gen';
import { currentTenant, withTenant } from './tenant';

// A fetch that fails says nothing but "failed" (TypeError); the rest of the console speaks in problems.
async function reach(request: Request): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(await scoped(request));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw noAnswer();
  }
  noteServerDate(response.headers.get('Date'));
  return response;
}

// A request cannot change its address, and one made from another's body stream needs HTTP/2.
async function scoped(request: Request): Promise<Request> {
  const address = withTenant(request.url, currentTenant());
  if (address === request.url) return request;
  const { method, headers, signal } = request;
  const hasBody = method !== 'GET' && method !== 'DELETE';
  return new Request(address, {
    method,
    headers,
    signal,
    ...(hasBody && { body: await request.text() }),
  });
}

export const client = createClient<paths>({ baseUrl: window.location.origin, fetch: reach });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer; an answer that is an error is thrown as an ApiProblem. */
export async function bodyOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw problemOf(response, error);
  return data as T;
}

/** A new Idempotency-Key. crypto.randomUUID is missing on plain http, this is not. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The ETag of a version, for If-Match. */
export function etag(version: number): string {
  return `"${version}"`;
}
