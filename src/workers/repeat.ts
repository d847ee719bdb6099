import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { errorFields } from '../log.ts';

/** Does `work` every so often until the signal; what fails is logged as `what` and tried again. */
export async function repeat(
  log: Logger,
  what: string,
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) log.warn(errorFields(error), `could not ${what}`);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
