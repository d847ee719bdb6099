import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../../app.ts';
import type { Fault } from '../../config/config.ts';
import { deleteOverride, setOverride } from '../../db/allowance-overrides.ts';
import { bucketNames } from '../../domain/buckets.ts';
import { isKeepFree, keepFreeFault } from '../../domain/keep-free.ts';
import type { Allowance } from '../../limiter/limiter.ts';
import { errorFields } from '../../log.ts';
import { SECOND } from '../../time.ts';
import { REDIS_MS, within } from '../../within.ts';
import { AllowanceChange, AllowanceParams } from '../allowance-schemas.ts';
import { viewOfAllowance } from '../allowance-view.ts';
import { problems, redisUnreachable, sendProblem } from '../problem.ts';
import { AllowanceList, NoQuery, ref } from '../schemas.ts';

/** What every bucket of every org allows, and what an operator keeps free of one while the fleet runs. */
export function allowanceRoutes(app: App): FastifyPluginAsyncTypebox {
  const all = Object.keys(app.config.orgs).flatMap((org) =>
    bucketNames.map((bucket): Allowance => ({ org, bucket })),
  );
  return async (api) => {
    api.get(
      '/v1/allowances',
      {
        schema: {
          summary: 'List every allowance: its pace, why it is no faster, who spends it',
          tags: ['Allowances'],
          querystring: NoQuery,
          response: { 200: AllowanceList, ...problems(400) },
        },
      },
      async (_, reply) => {
        try {
          const views = all.map((allowance) => viewOfAllowance(app, allowance));
          return { allowances: await within(REDIS_MS, Promise.all(views)) };
        } catch (error) {
          app.log.warn(errorFields(error), 'the state of the allowances could not be read');
          return redisUnreachable(reply, 'Redis cannot be asked: nobody calls Okta until it can.');
        }
      },
    );

    api.patch(
      '/v1/allowances/:org/:bucket',
      {
        config: { meaning: (request) => meaningFaults(app, request) },
        schema: {
          summary: 'Keep calls of a bucket free for others, for a time or until further notice',
          tags: ['Allowances'],
          description:
            'In place of the configuration, in every process within five seconds. Setting it again replaces it; null takes it away.',
          params: AllowanceParams,
          querystring: NoQuery,
          body: AllowanceChange,
          response: {
            200: { ...ref('Allowance'), description: 'It holds.' },
            ...problems(400, 404, 413, 415),
          },
        },
      },
      async ({ params, body, keyName }, reply) => {
        const allowance = all.find(({ org, bucket }) => org === params.org && bucket === params.bucket);
        if (!allowance) return allowanceNotFound(reply);
        await change(app, allowance, body, keyName);
        try {
          return await within(REDIS_MS, viewOfAllowance(app, allowance));
        } catch (error) {
          app.log.warn(
            { ...allowance, ...errorFields(error) },
            'the state of an allowance could not be read',
          );
          return redisUnreachable(reply, 'It is set and will hold; what it does cannot be shown.');
        }
      },
    );
  };
}

async function change(
  app: App,
  { org, bucket }: Allowance,
  { keepFree, expiresInSeconds }: AllowanceChange,
  keyName: string,
): Promise<void> {
  if (keepFree === null) await deleteOverride(app.db, { org, bucket });
  else {
    const expiresInMs = expiresInSeconds === undefined ? null : expiresInSeconds * SECOND;
    await setOverride(app.db, { org, bucket, keepFree, setBy: keyName }, expiresInMs);
  }
  app.log.info({ org, bucket, keepFree, expiresInSeconds, keyName }, 'allowance changed');
  await app.allowances.refresh();
}

/** What a schema cannot know of a body, which may be misshapen. */
function* meaningFaults({ allowances }: App, { params, body }: FastifyRequest): Generator<Fault> {
  const { keepFree, expiresInSeconds } = (body ?? {}) as Partial<AllowanceChange>;
  const terms = allowances.termsOf(params as AllowanceParams);
  const message = terms && isKeepFree(keepFree) && keepFreeFault(keepFree, terms.perMinute);
  if (message) yield { path: '/body/keepFree', message };
  if (keepFree === null && expiresInSeconds !== undefined) {
    yield { path: '/body/expiresInSeconds', message: 'has nothing to end: keepFree is null' };
  }
}

function allowanceNotFound(reply: FastifyReply): FastifyReply {
  const detail = 'There is no such bucket of such an org. GET /v1/allowances lists them.';
  return sendProblem(reply, 404, 'allowance_not_found', detail);
}
