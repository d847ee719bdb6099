import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import pLimit from 'p-limit';
import { Type } from 'typebox';
import { Check } from 'typebox/schema';
import type { App } from '../../app.ts';
import type { Config, Fault } from '../../config/config.ts';
import { type Answer, once } from '../../db/idempotency.ts';
import { operations } from '../../domain/operations.ts';
import { optionFaults } from '../../domain/options.ts';
import { MINUTE, SECOND } from '../../time.ts';
import { within } from '../../within.ts';
import { dryRun } from '../dry-run.ts';
import { mailsTooEarly } from '../mails-too-early.ts';
import { Start } from '../preflight-schemas.ts';
import { migrationOverlaps, PROBLEM_JSON, problems, sendProblem } from '../problem.ts';
import { NewMigration, Options, ref } from '../schemas.ts';
import { estimateOf, recordMigration, stored, wakeFleet } from '../start-migration.ts';
import { viewOf } from '../view.ts';

/** A dry run looks at everybody: a million people take minutes. */
const LONGEST_MS = 15 * MINUTE;
const START_MS = 30 * SECOND;
/** A start holds up to two connections, one for each lock, while it needs a third: of ten, see `openApp`. */
const STARTS_AT_ONCE = 4;

const location = { location: Type.String({ description: 'Address of the migration.' }) };

/** Starting a migration. */
export function startRoutes(app: App): FastifyPluginAsyncTypebox {
  const inTurn = pLimit(STARTS_AT_ONCE);
  return async (api) => {
    api.post(
      '/v1/migrations',
      {
        handlerTimeout: LONGEST_MS,
        config: { meaning: ({ body }) => meaningFaults(app.config, body) },
        schema: {
          summary: 'Start a migration',
          tags: ['Migrations'],
          description:
            'The same migration, still unfinished, is answered with 200; another one that may be about some of the same people with 409. With an Idempotency-Key the first answer is kept and given again; with another body under the same key: 422. With dryRun nothing is written: 200 tells what it would do.',
          headers: Type.Object({
            'idempotency-key': Type.Optional(
              Type.String({
                pattern: '^[!-~]{1,128}$',
                description: 'Visible ASCII characters: the same key gets the same answer.',
                examples: ['3f0c2c1e-7d0c-4c5e-9c5b-1c1c8f6c9a40'],
              }),
            ),
          }),
          querystring: Start,
          body: NewMigration,
          response: {
            200: {
              description: 'It is under way already; with dryRun, what it would do.',
              headers: location,
              content: {
                'application/json': { schema: Type.Unsafe({ $ref: 'StartedOrPreflight#' }) },
                'text/csv': { schema: Type.String({ examples: ['id,kind,planned,mail'] }) },
              },
            },
            202: {
              ...ref('StartedMigration'),
              description: 'It was recorded and will run.',
              headers: location,
            },
            ...problems(400, 409, 413, 415, 422),
          },
        },
      },
      async (request, reply) => {
        const { query, body, keyName } = request;
        if (query.dryRun) return dryRun(app, request, body, query.sample, reply);
        const key = request.headers['idempotency-key'];
        const work = () => start(app, body, keyName);
        const asked = key && { apiKey: keyName, key, request: JSON.stringify(body) };
        const answer = await within(
          START_MS,
          inTurn(() => (asked ? once(app.db, asked, work) : work())),
        );
        if (answer) return send(reply, answer);
        return sendProblem(
          reply,
          422,
          'idempotency_key_reused',
          'This Idempotency-Key came with another body before. Use a new one.',
        );
      },
    );
  };
}

async function start(app: App, wanted: NewMigration, keyName: string): Promise<Answer> {
  const tooEarly = await mailsTooEarly(app, wanted);
  if (tooEarly) return { status: 409, body: JSON.stringify(tooEarly) };
  const { kind, id } = await recordMigration(app, wanted, keyName);
  if (kind === 'overlapping') return { status: 409, body: JSON.stringify(migrationOverlaps(id)) };
  const migration = await stored(app, id);
  if (kind === 'created') {
    app.log.info({ migrationId: id, ...wanted, selection: undefined, keyName }, 'migration created');
    await wakeFleet(app, migration);
  }
  const estimate = await estimateOf(app, migration);
  const body = { ...(await viewOf(app, await stored(app, id))), estimate };
  return { status: kind === 'created' ? 202 : 200, body: JSON.stringify(body) };
}

/** Sent as it was kept, so that the same answer is the same to the byte. */
function send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  if (status >= 400) return reply.code(status).type(PROBLEM_JSON).send(body);
  const { id } = JSON.parse(body) as { id: number };
  return reply.code(status).header('location', `/v1/migrations/${id}`).type('application/json').send(body);
}

/** What a schema cannot know of a body, which may be misshapen. */
function* meaningFaults({ installations }: Config, body: unknown): Generator<Fault> {
  const { installation: name, operation, selection, options } = (body ?? {}) as Partial<NewMigration>;
  const installation =
    typeof name === 'string' && Object.hasOwn(installations, name) ? installations[name] : undefined;
  if (typeof name === 'string' && !installation) {
    const names = Object.keys(installations).join(', ');
    yield { path: '/body/installation', message: `is not configured; configured: ${names}` };
  }
  if (typeof operation !== 'string' || !Object.hasOwn(operations, operation)) return;
  const { subject } = operations[operation];
  const has =
    installation && (subject === 'portal' ? installation.portals?.app : installation[`${subject}s`]);
  if (installation && !has) {
    const missing = subject === 'portal' ? 'portals.app' : `${subject}s`;
    yield {
      path: '/body/operation',
      message: `the installation is not configured for it: ${missing} is missing`,
    };
  }
  if (subject === 'admin' && selection?.portal !== undefined) {
    yield { path: '/body/selection/portal', message: 'admins are in no portal' };
  }
  if (subject === 'portal' && selection?.portal !== undefined && selection.ids) {
    yield { path: '/body/selection', message: 'names portals by portal or by ids, not by both' };
  }
  if (Check(Options, options)) {
    for (const { path, message } of optionFaults(options, operations[operation]))
      yield { path: `/body/options${path}`, message };
  }
}
