/** How much of `room` each gets, so that the lowest levels rise first and together; all of it is given away. */
export function fillUp(levels: readonly number[], room: number): number[] {
  const shares = levels.map(() => 0);
  const rising = [...levels.keys()].sort((a, b) => (levels[a] ?? 0) - (levels[b] ?? 0));
  let left = room;
  for (let lowest = 1; lowest <= rising.length && left > 0; lowest += 1) {
    const here = levels[rising[lowest - 1] ?? 0] ?? 0;
    const next = levels[rising[lowest] ?? -1] ?? Number.POSITIVE_INFINITY;
    const rise = Math.min(left, (next - here) * lowest);
    for (let place = 0; place < lowest; place += 1) {
      const share = Math.floor(rise / lowest) + (place < rise % lowest ? 1 : 0);
      shares[rising[place] ?? 0] = (shares[rising[place] ?? 0] ?? 0) + share;
    }
    left -= rise;
  }
  return shares;
}

/** Jobs of one migration that wait, each with a place; jobs of several migrations with the same place take turns. */
export interface Line {
  length: number;
  lastPlace: number;
}

/**
 * The place of the next job in each line: behind the line's last one, and never before the place that is served
 * now, so that who comes late gets its share from then on and nothing for the past. Start-time fair queueing
 * (Goyal, Vin, Cheng 1996), every job of the same length.
 */
export function nextPlaces(lines: readonly Line[]): number[] {
  // From the ends of the lines: a job that was put off and is back with its old place does not turn time back.
  const now = Math.max(1, ...lines.map(({ length, lastPlace }) => (length > 0 ? lastPlace - length + 1 : 1)));
  return lines.map(({ length, lastPlace }) => (length > 0 ? Math.max(now, lastPlace + 1) : now));
}
