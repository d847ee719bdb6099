import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyError, FastifyPluginAsync } from 'fastify';
import type { App } from '../app.ts';
import { errorFields } from '../log.ts';
import { handleError, redisUnreachable, sendProblem } from './problem.ts';

/** Bull Board over every queue. Read-only: what is to be done is in MySQL, and a job removed here is only offered again. */
export function bullBoard({ queues, log }: App, prefix: string): FastifyPluginAsync {
  const adapter = new FastifyAdapter();
  adapter.setBasePath(prefix);
  createBullBoard({
    queues: [...[...queues.subjects.values()].map(({ queue }) => queue), queues.reconcile].map(
      (queue) => new BullMQAdapter(queue, { readOnlyMode: true }), // hides what could not be done
    ),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Portage' } },
  });
  // Its own handler answers with the error's message, which names hosts: left to the one below.
  adapter.setErrorHandler((error) => {
    throw error;
  });
  return async (api) => {
    api.setErrorHandler<FastifyError>((error, request, reply) => {
      if (error.statusCode !== undefined) return handleError(error, request, reply);
      log.warn(errorFields(error), 'Bull Board could not ask Redis');
      return redisUnreachable(reply, 'Redis cannot be asked: what is in the queues cannot be shown.');
    });
    api.addHook('onRequest', async ({ method }, reply) =>
      method === 'GET' || method === 'HEAD'
        ? undefined
        : sendProblem(
            reply.header('allow', 'GET, HEAD'),
            405,
            'read_only',
            'Bull Board only shows the queues.',
          ),
    );
    await api.register(adapter.registerPlugin(), { prefix });
  };
}
