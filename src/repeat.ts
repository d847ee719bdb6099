import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { errorFields, errorText } from './log.ts';

/** Does `work` every so often until the signal; what fails is tried again, and logged as `what` once. */
export async function repeat(
  log: Logger,
  what: string,
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  let failing: string | null = null;
  while (!signal.aborted) {
    try {
      await work();
      if (failing) log.info(`can ${what} again`);
      failing = null;
    } catch (error) {
      const text = errorText(error);
      if (!signal.aborted && text !== failing) log.warn(errorFields(error), `cannot ${what}`);
      failing = text;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
