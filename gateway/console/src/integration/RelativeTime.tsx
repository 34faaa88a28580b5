import { Tooltip } from '@mantine/core';
import { useNow } from '../time/clock';
import { absoluteTime, ago } from '../time/words';

/** How long ago a moment (RFC 3339) was, and when exactly on hover. */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  const moment = Date.parse(at);
  return (
    <Tooltip label={absoluteTime(moment)}>
      <time dateTime={at}>{ago(moment, now)}</time>
    </Tooltip>
  );
}
