import type { App } from '../app.ts';
import { countFailures } from '../db/failures.ts';
import { storeCounts } from '../db/migrations.ts';
import type { Migration, TimedCounts } from '../domain/migration.ts';
import { sampled } from '../domain/progress.ts';
import { SECOND } from '../time.ts';
import { lastIdOf, queryOf } from './queries.ts';

const REFRESH_MS = 5 * SECOND;
/** Counting takes at most this share of the installation's time. */
const LARGEST_SHARE = 1 / 20;

/** Whether the stored counts are old enough to be made anew. */
export function countsAreDue({ counts }: Migration, now = Date.now()): boolean {
  if (!counts) return true;
  return now - counts.at.getTime() >= Math.max(REFRESH_MS, counts.tookMs / LARGEST_SHARE);
}

/** Counts the people of a migration in its installation and stores that with its time. */
export async function countPeople(app: App, migration: Migration): Promise<TimedCounts> {
  const startedMs = Date.now();
  const { selection, cursor } = migration;
  const query = queryOf(app, migration);
  const throughId = cursor.throughId ?? (await lastIdOf(query, selection));
  const people = await query.count(selection, throughId);
  const failed = await countFailures(app.db, migration.id);
  const atMs = Date.now();
  const counts = { ...people, failed, at: new Date(atMs), tookMs: atMs - startedMs };
  const samples = sampled(migration.samples, { atMs, done: people.done + failed });
  await storeCounts(app.db, migration.id, counts, samples);
  return counts;
}
