import { useNow } from '../time/clock';
import { absoluteTime, ago } from '../time/words';

/**
 * How long ago a moment (RFC 3339) was, and when exactly on hover. The hint is the browser's own, as
 * everywhere on cards: hundreds of drawn tooltips would make scrolling slow.
 */
export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  const moment = Date.parse(at);
  return (
    <time dateTime={at} title={absoluteTime(moment)}>
      {ago(moment, now)}
    </time>
  );
}
