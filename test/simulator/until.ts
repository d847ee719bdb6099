import { setTimeout } from 'node:timers/promises';

const DEADLINE_MS = 60_000;
const PAUSE_MS = 10;

/** Asks until the answer is yes, or fails. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadlineMs) throw new Error(`Not so within ${DEADLINE_MS} ms`);
    await setTimeout(PAUSE_MS);
  }
}
