import { completedBetween, countCompletions } from '../db/completions.ts';
import type { Database } from '../db/pool.ts';
import type { MigrationId } from '../domain/ids.ts';
import type { Portals } from '../efs/portals.ts';
import type { Query } from '../efs/source.ts';

/** The portals that are registered, each once in a migration: nothing in EFS shows what has been compared with Okta. */
export function portalUpdates({ registered }: Portals, db: Database, id: MigrationId): Query {
  return {
    async page(selection, throughId, afterId, limit) {
      const ids = await registered.page(selection, throughId, afterId, limit);
      const lastId = ids.at(-1) ?? null;
      if (lastId === null) return { wanted: [], lastId };
      const completed = await completedBetween(db, id, afterId + 1, lastId);
      return { wanted: ids.filter((each) => !completed.has(each)), lastId };
    },
    async count(selection, throughId) {
      const [eligible, done] = await Promise.all([
        registered.count(selection, throughId),
        countCompletions(db, id),
      ]);
      return { eligible, done, skipped: 0, skippedBy: {} };
    },
    skipped: () => Promise.resolve([]),
    nthEligible: (n, selection) => registered.nthEligible(n, selection),
    lastId: () => registered.lastId(),
  };
}
