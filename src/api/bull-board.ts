import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyPluginAsync } from 'fastify';
import type { Queues } from '../queue/queues.ts';

/** Bull Board over every queue. Read-only: emptying a queue of a million jobs would block Redis for seconds. */
export function bullBoard({ subjects, reconcile }: Queues, prefix: string): FastifyPluginAsync {
  const adapter = new FastifyAdapter();
  adapter.setBasePath(prefix);
  createBullBoard({
    queues: [...[...subjects.values()].map(({ queue }) => queue), reconcile].map(
      (queue) => new BullMQAdapter(queue, { readOnlyMode: true }),
    ),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Portage' } },
  });
  return async (api) => {
    await api.register(adapter.registerPlugin(), { prefix });
  };
}
