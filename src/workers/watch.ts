import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../app.ts';
import { errorFields } from '../log.ts';
import { keepGoing } from '../producers/keep-going.ts';
import { SECOND } from '../time.ts';

/** Each process of the fleet looks that often for running migrations whose loop is missing. */
const LOOK_EVERY_MS = 1 * SECOND;

/** Keeps the reconcile loop going until the signal; whatever fails meanwhile is tried again. */
export async function watch(app: App, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await keepGoing(app);
    } catch (error) {
      app.log.warn(errorFields(error), 'could not look for running migrations');
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
