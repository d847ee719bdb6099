import type { Job } from 'bullmq';
import type { Logger } from 'pino';
import { errorFields, errorText } from '../log.ts';
import { isOutage } from '../outage.ts';
import { SECOND } from '../time.ts';
import { delay, isVerdict } from './settle.ts';

type Run<T> = (job: Job<T>) => Promise<void>;

/** So long a job waits for a server that is away; a constant, so that it goes on soon after the server is back. */
const OUTAGE_WAIT_MS = { least: 2 * SECOND, most: 5 * SECOND };

/**
 * BullMQ keeps an error's message and stack in Redis, and a driver's message can quote a row: what nobody
 * expected goes there as its kind and code alone. A server that is away costs no attempt: those are for Okta.
 */
export function safely<T>(log: Logger, run: Run<T>): Run<T> {
  return async (job) => {
    try {
      await run(job);
    } catch (error) {
      if (isVerdict(error)) throw error;
      log.warn({ job: job.id, queue: job.queueName, ...errorFields(error) }, 'job broke off');
      if (!isOutage(error)) throw new Error(errorText(error));
      const { least, most } = OUTAGE_WAIT_MS;
      return delay(job, least + Math.random() * (most - least));
    }
  };
}
