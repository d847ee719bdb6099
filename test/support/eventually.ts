import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until the answer is neither undefined, null nor false; fails after the deadline. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined | null | false>,
  deadlineMs = 60_000,
): Promise<T> {
  const endMs = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (Date.now() > endMs) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await pause(50);
  }
}
