/** The last `capacity` items, each under the number of its arrival. */
export interface Ring<T> {
  /** The number of the oldest item that is still there. */
  readonly first: number;
  /** The number that the next item will have. */
  readonly end: number;
  push(item: T): void;
  /** The items from a number on; from the oldest, if that one is gone. */
  from(index: number): Generator<readonly [index: number, item: T]>;
}

export function createRing<T>(capacity: number): Ring<T> {
  const items: T[] = [];
  let end = 0;
  const first = () => Math.max(0, end - capacity);
  return {
    get first() {
      return first();
    },
    get end() {
      return end;
    },
    push(item) {
      items[end % capacity] = item;
      end += 1;
    },
    *from(index) {
      for (let i = Math.max(index, first()); i < end; i += 1) yield [i, items[i % capacity] as T];
    },
  };
}
