/** Things by id, walked in the order of their ids: the order in which they were made. */
export interface Collection<T extends { readonly id: string }> {
  readonly size: number;
  get(id: string): T | undefined;
  has(id: string): boolean;
  add(item: T): void;
  /** Adds it, or puts it in the place of what has its id. */
  put(item: T): void;
  remove(id: string): boolean;
  /** Everything whose id is greater than `after`; all of it without one. */
  walk(after?: string): Generator<T>;
}

export function createCollection<T extends { readonly id: string }>(): Collection<T> {
  const byId = new Map<string, T>();
  const sorted: T[] = [];
  const add = (item: T) => {
    if (byId.has(item.id)) return;
    byId.set(item.id, item);
    sorted.splice(firstAfter(sorted, item.id), 0, item);
  };
  return {
    get size() {
      return byId.size;
    },
    get: (id) => byId.get(id),
    has: (id) => byId.has(id),
    add,
    put(item) {
      if (!byId.has(item.id)) return add(item);
      byId.set(item.id, item);
      sorted[firstAfter(sorted, item.id) - 1] = item;
    },
    remove(id) {
      if (!byId.delete(id)) return false;
      sorted.splice(firstAfter(sorted, id) - 1, 1);
      return true;
    },
    *walk(after = '') {
      for (let i = firstAfter(sorted, after); i < sorted.length; i += 1) yield sorted[i] as T;
    },
  };
}

function firstAfter(sorted: readonly { readonly id: string }[], id: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.id ?? '') <= id) low = middle + 1;
    else high = middle;
  }
  return low;
}
