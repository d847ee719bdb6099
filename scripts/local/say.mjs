/** Says on stderr, in one line, what a step did and, given its start, how long that took. */
export function say(step, text, startedMs) {
  const took = startedMs === undefined ? '' : ` (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`;
  process.stderr.write(`${step.padEnd(10)} ${text}${took}\n`);
}

/** Something the person has to put right: its message is shown without a stack, and the exit code is 1. */
export class Refusal extends Error {
  name = 'Refusal';
}
