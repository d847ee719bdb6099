import type { Queue } from 'bullmq';
import type { App } from '../app.ts';
import { openCreations } from '../db/creations.ts';
import { failedBetween } from '../db/failures.ts';
import { finishMigration, moveCursor } from '../db/migrations.ts';
import { type Cursor, type Migration, remainingOf } from '../domain/migration.ts';
import type { SubjectJob } from '../queue/jobs.ts';
import { SECOND } from '../time.ts';
import { countPeople } from './count.ts';
import { mailsLeft } from './mail-pace.ts';
import { offer } from './offer.ts';
import { lastIdOf, queryOf } from './queries.ts';

const PAGE_ROWS = 1_000;
/** After a pass the next one waits until all jobs of this one have ended, so that it finds what is really left. */
const LONGEST_REST_MS = 30 * SECOND;

export type Step =
  /** `offered` jobs were added; there is more of the table, at `cursor`. */
  | { kind: 'more'; offered: number; cursor: Cursor }
  /** Nothing can be offered now. */
  | { kind: 'enough' };

/** Where one migration's jobs go. */
export interface Target {
  queue: Queue<SubjectJob>;
  /** See `offer`. */
  place: number | undefined;
  /** Those of this migration that have not ended. */
  jobs: number;
}

/** Offers the next wanted rows of one migration, at most `room`, and moves its cursor behind them. */
export async function nextPage(
  app: App,
  migration: Migration,
  { queue, place, jobs }: Target,
  room: number,
): Promise<Step> {
  const { id, selection, cursor } = migration;
  if (cursor.restingSince) {
    if (jobs > 0 && mayRest(migration, cursor.restingSince)) return { kind: 'enough' };
    return move({ ...cursor, pass: cursor.pass + 1, afterId: 0, found: 0, restingSince: null }, 0);
  }

  const query = queryOf(app, migration);
  const throughId = cursor.throughId ?? (await lastIdOf(query, selection));
  const page = await query.page(selection, throughId, cursor.afterId, PAGE_ROWS);
  if (page.lastId === null) return endPass();

  const failed = await failedBetween(app.db, id, cursor.afterId + 1, page.lastId);
  const wanted = page.wanted.filter((subjectId) => !failed.has(subjectId));
  const { left } = await mailsLeft(app.db, migration);
  const taken = wanted.slice(0, Math.min(room, Math.max(0, left - jobs)));
  if (taken.length === 0 && wanted.length > 0) return { kind: 'enough' };
  // Offered before the cursor moves: who dies in between leaves a page that is offered again, which does no harm.
  const offered = await offer(app.redis, queue, migration, taken, place);
  const afterId = taken.length < wanted.length ? (taken.at(-1) ?? cursor.afterId) : page.lastId;
  return move({ ...cursor, throughId, afterId, found: cursor.found + taken.length }, offered);

  async function move(to: Cursor, offered: number): Promise<Step> {
    return (await moveCursor(app.db, id, cursor, to))
      ? { kind: 'more', offered, cursor: to }
      : { kind: 'enough' };
  }

  async function endPass(): Promise<Step> {
    // EFS may have deleted them since: no page would have found them.
    const open = await openCreations(app.db, id, PAGE_ROWS);
    await offer(app.redis, queue, migration, open, place);
    const found = cursor.found + open.length;
    if (found > 0) {
      await moveCursor(app.db, id, cursor, { ...cursor, found, restingSince: new Date() });
      return { kind: 'enough' };
    }
    await countPeople(app, migration);
    if (await finishMigration(app.db, id)) app.log.info({ migrationId: id }, 'migration finished');
    return { kind: 'enough' };
  }
}

/** Not when everybody was found done since, whatever is still in the queue. */
function mayRest({ counts }: Migration, since: Date): boolean {
  // Only since: who has failed and left EFS hides another one in the counts, and each second would begin a pass.
  const allDone = counts !== null && counts.at > since && remainingOf(counts) === 0;
  return !allDone && Date.now() - since.getTime() < LONGEST_REST_MS;
}
