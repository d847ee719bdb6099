import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { SECOND } from '../../time.ts';
import { within } from '../../within.ts';

/** What answers later counts as unreachable: a load balancer waits no longer. */
const PATIENCE_MS = 2 * SECOND;

const Part = Type.Enum(['ok', 'unreachable']);
const Health = Type.Object({ status: Type.Literal('ok') }, { description: 'It is alive.' });
const Readiness = Type.Object({ status: Part, database: Part, redis: Part });

/** Open to everybody: a load balancer has no key. */
export function healthRoutes(app: App): FastifyPluginAsyncTypebox {
  return async (api) => {
    api.get(
      '/healthz',
      {
        config: { open: true },
        schema: {
          summary: 'Whether the process is alive',
          tags: ['Health'],
          security: [],
          response: { 200: Health },
        },
      },
      async () => ({ status: 'ok' as const }),
    );
    api.get(
      '/readyz',
      {
        config: { open: true },
        schema: {
          summary: 'Whether what it needs can be reached',
          tags: ['Health'],
          security: [],
          response: {
            200: { ...Readiness, description: 'Everything can be reached.' },
            503: { ...Readiness, description: 'Something cannot be reached.' },
          },
        },
      },
      async (_, reply) => {
        const [database, redis] = await Promise.all([
          answers(app.db.query('SELECT 1')),
          answers(app.redis.ping()),
        ]);
        const status = database === 'ok' && redis === 'ok' ? 'ok' : 'unreachable';
        return reply.code(status === 'ok' ? 200 : 503).send({ status, database, redis });
      },
    );
  };
}

async function answers(question: Promise<unknown>): Promise<'ok' | 'unreachable'> {
  return within(PATIENCE_MS, question).then(
    () => 'ok',
    () => 'unreachable',
  );
}
