import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { App } from '../../app.ts';
import { pauseMigration } from '../../db/holds.ts';
import { findMigration } from '../../db/migrations.ts';
import { migrationNotFound, problems, sendProblem } from '../problem.ts';
import { MigrationParams, NoQuery, ref } from '../schemas.ts';
import { stored } from '../start-migration.ts';
import { viewOf } from '../view.ts';

/** Stopping a migration until it is resumed. */
export function pauseRoutes(app: App): FastifyPluginAsyncTypebox {
  return async (api) => {
    api.post(
      '/v1/migrations/:id/pause',
      {
        schema: {
          summary: 'Pause a migration',
          tags: ['Migrations'],
          description:
            'Nobody else is begun until it is resumed; whom Okta is already asked for is finished. One that is paused is answered as it is. A held one no longer goes on by itself.',
          params: MigrationParams,
          querystring: NoQuery,
          response: {
            200: { ...ref('Migration'), description: 'It is paused.' },
            ...problems(400, 404, 409, 413, 415),
          },
        },
      },
      async ({ params: { id }, keyName }, reply) => {
        const found = await findMigration(app.db, id);
        if (!found) return migrationNotFound(reply, id);
        const paused = await pauseMigration(app.db, found.id);
        const migration = await stored(app, found.id);
        if (!paused && migration.state === 'finished')
          return sendProblem(reply, 409, 'migration_finished', `Migration ${id} has finished.`);
        if (paused) app.log.info({ migrationId: id, keyName }, 'migration paused');
        return viewOf(app, migration);
      },
    );
  };
}
