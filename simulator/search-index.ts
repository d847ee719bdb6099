import { type Collection, createCollection } from './collection.ts';

interface Known {
  readonly id: string;
}

/** What a search finds: things as they were a while ago. Without a lag it is the truth itself. */
export interface SearchIndex<T extends Known> {
  readonly isLive: boolean;
  /** All that it knows after this id, as it knows it. */
  walk(after?: string): Iterable<T>;
  /** Takes a thing as it is now, to show it one lag later. */
  put(item: T): void;
  /** Forgets a thing, one lag later. */
  drop(id: string): void;
}

export type Later = (ms: number, work: () => void) => void;

export function createSearchIndex<T extends Known>(
  live: Collection<T>,
  lagMs: number,
  later: Later,
): SearchIndex<T> {
  if (lagMs === 0) return { isLive: true, walk: (after) => live.walk(after), put() {}, drop() {} };
  const shown = createCollection<T>();
  const show = (item: T) => {
    if (shown.has(item.id) || live.has(item.id)) shown.put(item);
  };
  return {
    isLive: false,
    walk: (after) => shown.walk(after),
    put(item) {
      const copy = { ...item };
      later(lagMs, () => show(copy));
    },
    drop: (id) => later(lagMs, () => shown.remove(id)),
  };
}
