import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { PoolConnection } from 'mysql2/promise';
import type { App } from '../../app.ts';
import { deleteFailures } from '../../db/failures.ts';
import { findMigration, lockState, lookAgain, unfinishedOf } from '../../db/migrations.ts';
import type { MigrationId } from '../../domain/ids.ts';
import type { Migration } from '../../domain/migration.ts';
import { overlap } from '../../domain/selection.ts';
import { answerProblem, migrationNotFound, migrationOverlaps, problems } from '../problem.ts';
import { MigrationParams, NoQuery, Retried, Retry } from '../schemas.ts';
import { aloneIn, stored, wakeFleet } from '../start-migration.ts';
import { viewOf } from '../view.ts';

/** Offering those again who have failed. */
export function retryRoutes(app: App): FastifyPluginAsyncTypebox {
  return async (api) => {
    api.post(
      '/v1/migrations/:id/retry',
      {
        schema: {
          summary: 'Offer people again who have failed',
          tags: ['Migrations'],
          description:
            'Their failures are forgotten and the migration looks for them again, a finished one too, unless an unfinished one may be about the same people: 409. A held or paused one does so once it is resumed. left_in_okta never qualifies: nobody is left to be offered.',
          params: MigrationParams,
          querystring: NoQuery,
          body: Retry,
          response: { 200: Retried, ...problems(400, 404, 409, 413, 415) },
        },
      },
      async ({ params: { id }, body, keyName }, reply) => {
        const found = await findMigration(app.db, id);
        if (!found) return migrationNotFound(reply, id);
        const result = await retryFailures(app, found, body);
        if (result.kind === 'overlapping') return answerProblem(reply, migrationOverlaps(result.id));
        const { qualified } = result;
        const migration = await stored(app, found.id);
        if (qualified > 0) {
          app.log.info({ migrationId: id, qualified, code: body.code, keyName }, 'failures are retried');
          await wakeFleet(app, migration);
        }
        return { qualified, migration: await viewOf(app, migration) };
      },
    );
  };
}

type Result =
  | { kind: 'retried'; qualified: number }
  /** Another migration is unfinished and may be about some of the same people: nothing was changed. */
  | { kind: 'overlapping'; id: MigrationId };

/** Forgets failures and has the loop look again, both or neither. */
async function retryFailures(app: App, migration: Migration, wanted: Retry): Promise<Result> {
  return aloneIn(app, migration, async (connection) => {
    await connection.beginTransaction();
    try {
      const result = await forget(connection, migration, wanted);
      await (result.kind === 'retried' ? connection.commit() : connection.rollback());
      return result;
    } catch (error) {
      await connection.rollback();
      throw error;
    }
  });
}

async function forget(
  connection: PoolConnection,
  { id, installation, operation, selection }: Migration,
  wanted: Retry,
): Promise<Result> {
  const state = await lockState(connection, id);
  const qualified = await deleteFailures(connection, id, wanted);
  if (qualified === 0) return { kind: 'retried', qualified };
  if (state === 'finished') {
    const unfinished = await unfinishedOf(connection, installation, operation);
    const other = unfinished.find((each) => overlap(each.selection, selection));
    if (other) return { kind: 'overlapping', id: other.id };
  }
  await lookAgain(connection, id, qualified);
  return { kind: 'retried', qualified };
}
