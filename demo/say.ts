/** Says in one line what was done and, given its start, how long that took. */
export function say(step: string, text: string, startedMs?: number): void {
  const took = startedMs === undefined ? '' : ` (${((performance.now() - startedMs) / 1_000).toFixed(1)} s)`;
  console.log(`${step.padEnd(10)} ${text}${took}`);
}
