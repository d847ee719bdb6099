import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { PoolConnection } from 'mysql2/promise';
import type { App } from '../../app.ts';
import { deleteFailures, failedBetween } from '../../db/failures.ts';
import { findMigration, lockState, lookAgain, unfinishedOf } from '../../db/migrations.ts';
import type { MigrationId } from '../../domain/ids.ts';
import type { Migration } from '../../domain/migration.ts';
import { isMailing } from '../../domain/operations.ts';
import { overlap } from '../../domain/selection.ts';
import { openBeside } from '../../producers/open-beside.ts';
import { queryOf } from '../../producers/queries.ts';
import { mailsTooEarly } from '../mails-too-early.ts';
import {
  answerProblem,
  migrationNotFound,
  migrationOverlaps,
  type Problem,
  problemOf,
  problems,
} from '../problem.ts';
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
            'Their failures are forgotten and the migration looks for them again, a finished one too, unless an unfinished one may be about the same people: 409. Whoever has become eligible since is taken, too, unless it sends mails: then 409, as it is while iam_module_active is not 1. A held or paused one does so once it is resumed. left_in_okta never qualifies: nobody is left to be offered.',
          params: MigrationParams,
          querystring: NoQuery,
          body: Retry,
          response: { 200: Retried, ...problems(400, 404, 409, 413, 415) },
        },
      },
      async ({ params: { id }, body, keyName }, reply) => {
        const found = await findMigration(app.db, id);
        if (!found) return migrationNotFound(reply, id);
        const surprise = await mailsNobodyAskedFor(app, found);
        if (surprise) return answerProblem(reply, surprise);
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

/** Why a finished migration does not send mails again: who has been looked at is not all whom it would mail now. */
async function mailsNobodyAskedFor(app: App, migration: Migration): Promise<Problem | null> {
  if (migration.state !== 'finished' || !isMailing(migration.operation)) return null;
  const tooEarly = await mailsTooEarly(app, migration, 'Set it to 1 first.');
  if (tooEarly) return tooEarly;
  const { selection, cursor } = migration;
  const failed = await failedBetween(app.db, migration.id, 0, Number.MAX_SAFE_INTEGER);
  const part = { selection, throughId: cursor.throughId };
  const others = await openBeside(queryOf(app, migration), part, [...failed]);
  if (others === 0) return null;
  const detail = `${others} more would be mailed, who have become eligible since it finished. Start ${migration.operation} for the ids of those who failed; or for everybody, whom its pre-flight tells.`;
  return problemOf(409, 'others_eligible', detail);
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
