import { Queue, Worker } from 'bullmq';
import { CALLERS, connect, type Driver, type Setting } from './driver.ts';

const QUEUE = 'calls';
const BULK = 1_000;

/** A worker with BullMQ's own limiter: `max` jobs in `duration`, whatever they do. */
export const bullmq = (limitOf: (setting: Setting) => { max: number; duration: number }): Driver => ({
  async prepare(setting, calls) {
    const connection = await connect(setting);
    const queue = new Queue(QUEUE, { connection, prefix: setting.prefix });
    for (let added = 0; added < calls; added += BULK) {
      await queue.addBulk(Array.from({ length: BULK }, () => ({ name: 'call', data: {} })));
    }
    await queue.close();
    connection.disconnect();
  },
  async open(setting, call) {
    const process = async () => {
      await call();
    };
    const worker = new Worker(QUEUE, process, {
      connection: await connect(setting),
      prefix: setting.prefix,
      concurrency: CALLERS,
      limiter: limitOf(setting),
      removeOnComplete: { count: 1_000 },
      autorun: false,
    });
    await worker.waitUntilReady();
    return () => void worker.run();
  },
});
