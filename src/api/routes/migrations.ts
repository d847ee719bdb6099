import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../app.ts';
import { listFailures } from '../../db/failures.ts';
import { findMigration, listMigrations } from '../../db/migrations.ts';
import { Problem, sendProblem } from '../problem.ts';
import * as schemas from '../schemas.ts';
import { viewOf } from '../view.ts';

/** Reading migrations and their failures. */
export function migrationRoutes(app: App): FastifyPluginAsyncTypebox {
  return async (api) => {
    api.get(
      '/v1/migrations',
      {
        schema: {
          summary: 'List migrations, the newest first',
          querystring: Type.Object(
            { before: Type.Optional(Type.Integer({ minimum: 1 })), limit: Type.Optional(schemas.Limit) },
            { additionalProperties: false },
          ),
          response: { 200: schemas.MigrationList, 400: Problem },
        },
      },
      async ({ query: { before = Number.MAX_SAFE_INTEGER, limit = 100 } }) => {
        const page = await listMigrations(app.db, before, limit);
        const migrations = await Promise.all(page.map((migration) => viewOf(app, migration)));
        const last = page.length === limit ? page.at(-1) : undefined;
        return { migrations, next: last ? `/v1/migrations?before=${last.id}&limit=${limit}` : null };
      },
    );

    api.get(
      '/v1/migrations/:id',
      {
        schema: {
          summary: 'Show a migration',
          params: schemas.MigrationParams,
          response: { 200: schemas.Migration, 400: Problem, 404: Problem },
        },
      },
      async ({ params: { id } }, reply) => {
        const migration = await findMigration(app.db, id);
        return migration ? viewOf(app, migration) : notFound(reply, id);
      },
    );

    api.get(
      '/v1/migrations/:id/failures',
      {
        schema: {
          summary: 'List the people who failed, by id',
          params: schemas.MigrationParams,
          querystring: Type.Object(
            { after: Type.Optional(Type.Integer({ minimum: 0 })), limit: Type.Optional(schemas.Limit) },
            { additionalProperties: false },
          ),
          response: { 200: schemas.FailureList, 400: Problem, 404: Problem },
        },
      },
      async ({ params: { id }, query: { after = 0, limit = 100 } }, reply) => {
        const migration = await findMigration(app.db, id);
        if (!migration) return notFound(reply, id);
        const page = await listFailures(app.db, migration.id, after, limit);
        const failures = page.map(({ at, ...failure }) => ({ ...failure, at: at.toISOString() }));
        const last = page.length === limit ? page.at(-1) : undefined;
        return {
          failures,
          next: last ? `/v1/migrations/${id}/failures?after=${last.subjectId}&limit=${limit}` : null,
        };
      },
    );
  };
}

function notFound(reply: FastifyReply, id: number): FastifyReply {
  return sendProblem(
    reply,
    404,
    'migration_not_found',
    `There is no migration ${id}. GET /v1/migrations lists them.`,
  );
}
