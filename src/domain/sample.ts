/** Keeps so many of all that are offered, each with the same chance. Vitter's algorithm R. */
export class Sample<T> {
  readonly items: T[] = [];
  readonly #most: number;
  readonly #random: () => number;
  #offered = 0;

  constructor(most: number, random = Math.random) {
    this.#most = most;
    this.#random = random;
  }

  get offered(): number {
    return this.#offered;
  }

  offer(item: T): void {
    this.#offered += 1;
    if (this.items.length < this.#most) {
      this.items.push(item);
      return;
    }
    const place = Math.floor(this.#random() * this.#offered);
    if (place < this.#most) this.items[place] = item;
  }
}

/** How many of a whole a sample of it speaks for, with 95 % confidence. */
export interface Bounds {
  estimated: number;
  atLeast: number;
  atMost: number;
}

const Z = 1.96;

/** Wilson's interval; exact when the sample is the whole. */
export function boundsOf(hits: number, sampled: number, whole: number): Bounds {
  if (sampled >= whole) return { estimated: hits, atLeast: hits, atMost: hits };
  if (sampled === 0) return { estimated: 0, atLeast: 0, atMost: whole };
  const share = hits / sampled;
  const middle = share + Z ** 2 / (2 * sampled);
  const spread = Z * Math.sqrt((share * (1 - share) + Z ** 2 / (4 * sampled)) / sampled);
  const scale = 1 + Z ** 2 / sampled;
  return {
    estimated: Math.round(share * whole),
    atLeast: Math.max(hits, Math.floor(((middle - spread) / scale) * whole)),
    atMost: Math.min(whole - (sampled - hits), Math.ceil(((middle + spread) / scale) * whole)),
  };
}
