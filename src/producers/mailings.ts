import { activationsBetween, type People } from '../db/activations.ts';
import type { Database } from '../db/pool.ts';
import type { Lot, LotOf } from '../domain/activation.ts';
import type { SubjectId } from '../domain/ids.ts';
import type { Selection } from '../domain/selection.ts';
import type { Query, Source } from '../efs/source.ts';

/** What is read at once where nothing but ids is kept of it. */
const ROWS = 5_000;

/**
 * Those of a source whom an operation mails, by what Portage's own database knows of them: it is never joined with the
 * installation's.
 */
export function mailingQuery(source: Source, db: Database, people: People, lotOf: LotOf): Query {
  const lots = async (ids: SubjectId[]) => {
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return [];
    const [known, users] = await Promise.all([
      activationsBetween(db, people, first, last),
      source.oktaIdsOf(ids),
    ]);
    return ids.map((id) => {
      const activation = known.get(id) ?? null;
      const isOfAnother = activation?.oktaId != null && activation.oktaId !== users.get(id);
      return { id, lot: lotOf(isOfAnother ? null : activation) };
    });
  };

  async function* everybody(selection: Selection, throughId: number | null) {
    for (let afterId = 0; ; ) {
      const { wanted, lastId } = await source.page(selection, throughId, afterId, ROWS);
      if (lastId === null) return;
      yield await lots(wanted);
      afterId = lastId;
    }
  }

  return {
    lastId: () => source.lastId(),

    async page(selection, throughId, afterId, limit) {
      const { wanted, lastId } = await source.page(selection, throughId, afterId, limit);
      return {
        wanted: (await lots(wanted)).flatMap(({ id, lot }) => (lot === 'wanted' ? [id] : [])),
        lastId,
      };
    },

    async count(selection, throughId) {
      const [all, of] = await Promise.all([
        source.count(selection, throughId),
        tally(everybody(selection, throughId)),
      ]);
      const leftOut = of['left-out'];
      return {
        eligible: of.wanted + of.done,
        done: of.done,
        skipped: all.skipped + leftOut,
        skippedBy: { ...all.skippedBy, ...(leftOut > 0 && { no_old_mail: leftOut }) },
      };
    },

    async skipped(selection, throughId, reason, afterId, limit) {
      if (reason !== 'no_old_mail') return source.skipped(selection, throughId, reason, afterId, limit);
      const found: SubjectId[] = [];
      for (let from = afterId; found.length < limit; ) {
        const { wanted, lastId } = await source.page(selection, throughId, from, ROWS);
        if (lastId === null) break;
        found.push(...(await lots(wanted)).flatMap(({ id, lot }) => (lot === 'left-out' ? [id] : [])));
        from = lastId;
      }
      return found.slice(0, limit);
    },

    async nthEligible(n, selection) {
      let left = n;
      for await (const page of everybody(selection, null)) {
        const eligible = page.filter(({ lot }) => lot !== 'left-out');
        const nth = eligible[left - 1];
        if (nth) return nth.id;
        left -= eligible.length;
      }
      return null;
    },
  };
}

async function tally(pages: AsyncIterable<{ lot: Lot }[]>): Promise<Record<Lot, number>> {
  const of = { wanted: 0, done: 0, 'left-out': 0 };
  for await (const page of pages) for (const { lot } of page) of[lot] += 1;
  return of;
}
