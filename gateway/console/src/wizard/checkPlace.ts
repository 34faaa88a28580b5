import type { CheckResult } from '../api/types';
import { isObject, member, type Json } from '../schema/pointer';

/**
 * The field that a failed check is most likely about, as a pointer into the integration; null when
 * nothing that can be filled in is wrong (a passing fault of the remote, a limit).
 */
export function placeOfFailure(
  result: CheckResult,
  config: Json | undefined,
  stream: number,
): string | null {
  const place = member('/config/streams', stream);
  const { errorClass, httpStatus } = result;
  switch (errorClass) {
    case 'AUTH':
      return authPlace(config);
    case 'DATA':
      return member(place, result.rejected > 0 ? 'key' : 'records');
    case 'CONFIG':
    case 'TRANSIENT':
    case 'TIMEOUT':
      // No answer at all: nobody is there. An answer that is no use: the path leads elsewhere.
      if (httpStatus === null) return '/config/baseUrl';
      return errorClass === 'CONFIG' ? member(place, 'path') : null;
    default:
      return null;
  }
}

function authPlace(config: Json | undefined): string {
  const auth = isObject(config) ? config.auth : undefined;
  const hasSecret = isObject(auth) && typeof auth.kind === 'string' && auth.kind !== 'none';
  return hasSecret ? '/config/auth/credential' : '/config/auth';
}
