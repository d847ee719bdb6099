import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import pLimit from 'p-limit';
import type { App } from '../app.ts';
import { mailPlan } from './mail-plan.ts';
import { preflightView } from './preflight.ts';
import { SAMPLED } from './preflight-schemas.ts';
import type { NewMigration } from './schemas.ts';

/** Each looks at everybody; the process has others to serve. */
const inTurn = pLimit(2);

/** Answers what a migration would do, as JSON or, to who accepts nothing else, the mails of it as CSV. */
export async function dryRun(
  app: App,
  { headers }: Pick<FastifyRequest, 'headers'>,
  { installation, operation, selection = {}, options = {} }: NewMigration,
  sampled = SAMPLED,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const wanted = { installation, operation, selection, options };
  if (headers.accept?.startsWith('text/csv')) {
    const name = `${installation}-${operation}.csv`;
    return reply
      .header('content-disposition', `attachment; filename="${name}"`)
      .type('text/csv; charset=utf-8')
      .send(Readable.from(mailPlan(app, wanted)));
  }
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort()); // nobody waits any longer
  try {
    const view = await inTurn(() => preflightView(app, wanted, sampled, gone.signal));
    return reply.type('application/json').send(JSON.stringify(view));
  } catch (error) {
    if (gone.signal.aborted) return reply.hijack();
    throw error;
  }
}
