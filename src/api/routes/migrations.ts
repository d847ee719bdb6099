import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { App } from '../../app.ts';
import { listFailures } from '../../db/failures.ts';
import { findMigration, listMigrations } from '../../db/migrations.ts';
import { createLook } from '../look.ts';
import { migrationNotFound, problems } from '../problem.ts';
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
          tags: ['Migrations'],
          querystring: schemas.Before,
          response: { 200: schemas.MigrationList, ...problems(400) },
        },
      },
      async ({ query: { before = Number.MAX_SAFE_INTEGER, limit = schemas.PAGE } }) => {
        const { items, last } = pageOf(await listMigrations(app.db, before, limit + 1), limit);
        const look = createLook(app);
        const migrations = await Promise.all(items.map((migration) => viewOf(app, migration, look)));
        return { migrations, next: last ? `/v1/migrations?before=${last.id}&limit=${limit}` : null };
      },
    );

    api.get(
      '/v1/migrations/:id',
      {
        schema: {
          summary: 'Show a migration',
          tags: ['Migrations'],
          params: schemas.MigrationParams,
          querystring: schemas.NoQuery,
          response: { 200: schemas.ref('Migration'), ...problems(400, 404) },
        },
      },
      async ({ params: { id } }, reply) => {
        const migration = await findMigration(app.db, id);
        return migration ? viewOf(app, migration) : migrationNotFound(reply, id);
      },
    );

    api.get(
      '/v1/migrations/:id/failures',
      {
        schema: {
          summary: 'List the people who failed, by id',
          tags: ['Migrations'],
          params: schemas.MigrationParams,
          querystring: schemas.After,
          response: { 200: schemas.FailureList, ...problems(400, 404) },
        },
      },
      async ({ params: { id }, query: { after = 0, limit = schemas.PAGE } }, reply) => {
        const migration = await findMigration(app.db, id);
        if (!migration) return migrationNotFound(reply, id);
        const { items, last } = pageOf(await listFailures(app.db, migration.id, after, limit + 1), limit);
        const failures = items.map(({ at, ...failure }) => ({ ...failure, at: at.toISOString() }));
        const next = last ? `/v1/migrations/${id}/failures?after=${last.subjectId}&limit=${limit}` : null;
        return { failures, next };
      },
    );
  };
}

/** Of one row more than a page has: the page, and its last row if there is a next page. */
export function pageOf<T>(rows: T[], limit: number): { items: T[]; last: T | undefined } {
  return { items: rows.slice(0, limit), last: rows.length > limit ? rows[limit - 1] : undefined };
}
