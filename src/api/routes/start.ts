import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import type { Fault } from '../../config/config.ts';
import { type Answer, once } from '../../db/idempotency.ts';
import { operations } from '../../domain/operations.ts';
import { faultsIn, invalidRequest, PROBLEM_JSON, Problem, problemOf, sendProblem } from '../problem.ts';
import { NewMigration, StartedMigration } from '../schemas.ts';
import { estimateOf, startMigration, stored, wakeFleet } from '../start-migration.ts';
import { viewOf } from '../view.ts';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/;

/** Starting a migration. */
export function startRoutes(app: App): FastifyPluginAsyncTypebox {
  return async (api) => {
    api.post(
      '/v1/migrations',
      {
        schema: {
          summary: 'Start a migration',
          description: 'The same unfinished migration is answered with 200; one that may overlap with 409.',
          headers: Type.Object({
            'idempotency-key': Type.Optional(
              Type.String({
                description: 'Up to 128 visible ASCII characters: the same key gets the same answer.',
              }),
            ),
          }),
          body: NewMigration,
          response: {
            200: StartedMigration,
            202: StartedMigration,
            400: Problem,
            409: Problem,
            422: Problem,
          },
        },
        attachValidation: true, // the schema's faults are answered together with ours
      },
      async (request, reply) => {
        const { 'idempotency-key': key } = request.headers;
        const faults = [
          ...(request.validationError ? faultsIn(request.validationError) : []),
          ...(key === undefined || IDEMPOTENCY_KEY.test(key)
            ? []
            : [{ path: '/headers/idempotency-key', message: 'must be 1 to 128 visible ASCII characters' }]),
          ...meaningFaults(app, request.body),
        ];
        if (faults.length > 0) return invalidRequest(reply, faults);
        if (key === undefined) return send(reply, await start(app, request.body));
        const asked = { apiKey: request.keyName, key, request: JSON.stringify(request.body) };
        const answer = await once(app.db, asked, () => start(app, request.body));
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

async function start(app: App, wanted: NewMigration): Promise<Answer> {
  const { kind, migration } = await startMigration(app, wanted);
  const { id } = migration;
  if (kind === 'overlapping') {
    const detail = `Migration ${id} is unfinished and may be about some of the same people. Wait until it has finished.`;
    return {
      status: 409,
      body: JSON.stringify(problemOf(409, 'migration_overlaps', detail, { migration: id })),
    };
  }
  if (kind === 'created') await wakeFleet(app, migration);
  const estimate = await estimateOf(app, migration);
  const body = { ...(await viewOf(app, await stored(app, id))), estimate };
  return { status: kind === 'created' ? 202 : 200, body: JSON.stringify(body) };
}

function send(reply: FastifyReply, { status, body }: Answer): FastifyReply {
  if (status >= 400) return reply.code(status).type(PROBLEM_JSON).send(body);
  const { id } = JSON.parse(body) as { id: number };
  return reply.code(status).header('location', `/v1/migrations/${id}`).type('application/json').send(body);
}

/** What a schema cannot know; the body may be misshapen, which the schema has found then. */
function* meaningFaults({ config }: App, body: Partial<NewMigration> | undefined): Generator<Fault> {
  const { installation: name, operation, selection } = body ?? {};
  const installation = typeof name === 'string' ? config.installations[name] : undefined;
  if (typeof name === 'string' && !installation) {
    yield {
      path: '/installation',
      message: `is not configured; ${Object.keys(config.installations).join(', ')} are`,
    };
  }
  if (!operation || !Object.hasOwn(operations, operation)) return;
  const { subject } = operations[operation];
  if (installation && !installation[`${subject}s`]) {
    yield { path: '/operation', message: `the installation is not configured for ${subject}s` };
  }
  if (subject === 'admin' && selection?.portal !== undefined) {
    yield { path: '/selection/portal', message: 'admins are in no portal' };
  }
}
