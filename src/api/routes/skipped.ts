import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { App } from '../../app.ts';
import { findMigration } from '../../db/migrations.ts';
import type { Migration } from '../../domain/migration.ts';
import { type SkipReason, skipReasonNames, skipReasons } from '../../domain/skip.ts';
import { lastIdOf, queryOf } from '../../producers/queries.ts';
import { migrationNotFound, problems } from '../problem.ts';
import { MigrationParams, OfReason, PAGE, Skipped } from '../schemas.ts';
import { pageOf } from './migrations.ts';

/** Whom the installation's rules leave out of a migration. */
export function skippedRoutes(app: App): FastifyPluginAsyncTypebox {
  return async (api) => {
    api.get(
      '/v1/migrations/:id/skipped',
      {
        schema: {
          summary: 'Tell who is left out, and why',
          tags: ['Migrations'],
          description:
            'How many for each reason, as counted last. With reason also their ids, read from the installation now.',
          params: MigrationParams,
          querystring: OfReason,
          response: { 200: Skipped, ...problems(400, 404) },
        },
      },
      async ({ params: { id }, query: { reason, after = 0, limit = PAGE } }, reply) => {
        const migration = await findMigration(app.db, id);
        if (!migration) return migrationNotFound(reply, id);
        const { skippedBy = {}, at = null } = migration.counts ?? {};
        const counted = {
          at: at?.toISOString() ?? null,
          reasons: skipReasonNames.flatMap((each) => {
            const count = skippedBy[each] ?? 0;
            return count > 0 ? [{ reason: each, message: skipReasons[each], count }] : [];
          }),
        };
        if (!reason) return { ...counted, ids: null, next: null };
        const { items, last } = pageOf(await skippedFor(app, migration, reason, after, limit + 1), limit);
        const next = last
          ? `/v1/migrations/${id}/skipped?reason=${reason}&after=${last}&limit=${limit}`
          : null;
        return { ...counted, ids: items, next };
      },
    );
  };
}

async function skippedFor(
  app: App,
  migration: Migration,
  reason: SkipReason,
  after: number,
  limit: number,
): Promise<number[]> {
  const query = queryOf(app, migration);
  const { selection, cursor } = migration;
  const throughId = cursor.throughId ?? (await lastIdOf(query, selection));
  return query.skipped(selection, throughId, reason, after, limit);
}
