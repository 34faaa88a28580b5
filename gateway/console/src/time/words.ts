// Times and amounts in words. Everything takes what "now" is, so that a clock drives it.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3600 },
  { name: 'minute', seconds: 60 },
  { name: 'second', seconds: 1 },
] as const;

/** An amount with its unit: "1 page", "1,200 pages". */
export function counted(amount: number, unit: string): string {
  return `${formatCount(amount)} ${unit}${amount === 1 ? '' : 's'}`;
}

const counts = new Intl.NumberFormat('en-US');

/** A whole number with separators: 12,345. */
export function formatCount(amount: number): string {
  return counts.format(amount);
}

/** A sync interval in seconds (null: manual only) as people say it: "Every 30 minutes", "Daily". */
export function intervalInWords(seconds: number | null): string {
  if (seconds === null) return 'Manual only';
  if (seconds === 86_400) return 'Daily';
  if (seconds === 7 * 86_400) return 'Weekly';
  const parts: string[] = [];
  let rest = seconds;
  for (const unit of UNITS) {
    const amount = Math.floor(rest / unit.seconds);
    if (amount === 0) continue;
    rest -= amount * unit.seconds;
    parts.push(
      parts.length === 0 && amount === 1 && rest === 0 ? unit.name : counted(amount, unit.name),
    );
  }
  return `Every ${parts.join(' ')}`;
}

/** How long ago a moment was (milliseconds since 1970): "just now", "3 min ago", "2 days ago". */
export function ago(moment: number, now: number): string {
  const passed = now - moment;
  if (passed < 5 * SECOND) return 'just now';
  if (passed < MINUTE) return `${Math.floor(passed / SECOND)} s ago`;
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  return `${counted(Math.floor(passed / DAY), 'day')} ago`;
}

const twoDigits = (amount: number): string => String(amount).padStart(2, '0');

/**
 * The time left until a moment, as a clock: "0:42", "12:04", "5:00:00", "3 d 04:00"; null once it
 * has come. The last second shown is 0:01.
 */
export function countdown(moment: number, now: number): string | null {
  const seconds = Math.ceil((moment - now) / SECOND);
  if (seconds <= 0) return null;
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days} d ${twoDigits(hours)}:${twoDigits(minutes)}`;
  const tail = twoDigits(seconds % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${tail}` : `${minutes}:${tail}`;
}

/** A duration in milliseconds: "340 ms", "1.2 s", "3 min 05 s", "2 h 10 min". */
export function durationInWords(milliseconds: number): string {
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / SECOND).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / SECOND);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${twoDigits(Math.floor(seconds / 60) % 60)} min`;
}

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A moment in the viewer's time zone, in full. */
export function absoluteTime(moment: number): string {
  return absolute.format(moment);
}
