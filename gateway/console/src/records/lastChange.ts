/** The first change behind a change number: its own number and time; null when there is none. */
export type Probe = (after: number) => Promise<{ changeNo: number; at: number } | null>;

/**
 * The change number behind which everything was changed at `since` (milliseconds since 1970) or
 * later. Change numbers grow with time, so it takes about twice as many probes as the number has
 * binary digits, however many records there are.
 */
export async function changeNumberBefore(since: number, probe: Probe): Promise<number> {
  const isLater = async (after: number): Promise<boolean> => {
    const change = await probe(after);
    return change === null || change.at >= since;
  };
  if (await isLater(0)) return 0;
  let early = 0; // something behind it is older than `since`
  let late = 1;
  while (!(await isLater(late))) {
    early = late;
    late *= 2;
  }
  while (late - early > 1) {
    const middle = early + Math.floor((late - early) / 2);
    if (await isLater(middle)) late = middle;
    else early = middle;
  }
  return late;
}
