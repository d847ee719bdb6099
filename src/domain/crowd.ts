import { LAST } from './hold.ts';

/** What is counted, each kind by itself: people who failed, and calls without a good answer. */
export const badKinds = ['failed', 'unreachable'] as const;
export type BadKind = (typeof badKinds)[number];

/** A bad answer, by its place in the order of all answers of Okta in a migration. */
export interface Bad {
  place: number;
  subjectId: number;
}

/**
 * The bad ones among some `LAST` answers in a row, the one at `place` with them, when they are more than half; else
 * none. By place, since what an answer means is known later: a refusal after a look at whose login it is.
 */
export function crowdAround(place: number, bad: Bad[]): Bad[] {
  for (const { place: first } of bad) {
    if (first > place || first <= place - LAST) continue;
    const row = bad.filter((each) => each.place >= first && each.place < first + LAST);
    if (row.length > LAST / 2) return row;
  }
  return [];
}
