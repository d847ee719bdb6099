import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds of the machine's monotonic clock, the same in every process of it. */
export const clockMs = () => Number(process.hrtime.bigint()) / 1e6;

export async function sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, atMs - clockMs()), undefined, { signal });
}
