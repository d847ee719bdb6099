import type { Job } from 'bullmq';
import type { Logger } from 'pino';
import { errorFields, errorText } from '../log.ts';
import { isVerdict } from './settle.ts';

type Run<T> = (job: Job<T>) => Promise<void>;

/**
 * BullMQ keeps an error's message and stack in Redis, and a driver's message can quote a row: what nobody
 * expected goes there as its kind and code alone.
 */
export function safely<T>(log: Logger, run: Run<T>): Run<T> {
  return async (job) => {
    try {
      await run(job);
    } catch (error) {
      if (isVerdict(error)) throw error;
      log.warn({ job: job.id, queue: job.queueName, ...errorFields(error) }, 'job broke off');
      throw new Error(errorText(error));
    }
  };
}
