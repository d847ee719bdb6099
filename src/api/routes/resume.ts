import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { App } from '../../app.ts';
import { resumeMigration } from '../../db/holds.ts';
import { findMigration } from '../../db/migrations.ts';
import { mailsTooEarly } from '../mails-too-early.ts';
import { answerProblem, migrationNotFound, problems, sendProblem } from '../problem.ts';
import { MigrationParams, Resume, ref } from '../schemas.ts';
import { stored, wakeFleet } from '../start-migration.ts';
import { viewOf } from '../view.ts';

/** Letting a migration go on. */
export function resumeRoutes(app: App): FastifyPluginAsyncTypebox {
  return async (api) => {
    api.post(
      '/v1/migrations/:id/resume',
      {
        schema: {
          summary: 'Let a held or paused migration go on',
          tags: ['Migrations'],
          description:
            'One that is running is answered as it is. What has held a migration may hold it again. Held for refusals, it offers those people again. Mails are refused while iam_module_active is not 1, as at the start.',
          params: MigrationParams,
          querystring: Resume,
          response: {
            200: { ...ref('Migration'), description: 'It is running.' },
            ...problems(400, 404, 409, 413, 415),
          },
        },
      },
      async ({ params: { id }, query: { acceptRefusals = false }, keyName }, reply) => {
        const found = await findMigration(app.db, id);
        if (!found) return migrationNotFound(reply, id);
        const stands = found.state === 'held' || found.state === 'paused';
        const tooEarly = stands && (await mailsTooEarly(app, found, 'Set it to 1 first.'));
        if (tooEarly) return answerProblem(reply, tooEarly);
        const resumed = await resumeMigration(app.db, found.id, acceptRefusals);
        const migration = await stored(app, found.id);
        if (!resumed && migration.state === 'finished') {
          const detail = `Migration ${id} has finished. Its failures can be retried; for who is new, start another.`;
          return sendProblem(reply, 409, 'migration_finished', detail);
        }
        if (resumed) {
          app.log.info({ migrationId: id, acceptRefusals, keyName }, 'migration resumed');
          await wakeFleet(app, migration);
        }
        return viewOf(app, migration);
      },
    );
  };
}
