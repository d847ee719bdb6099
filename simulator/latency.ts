/** Latencies between half and twice the base, about the base on average, in milliseconds. */
export interface Latency {
  nextMs(): number;
}

const SEED = 0x0517;

/** Seeded, so that two runs wait alike. */
export function createLatency(baseMs: number): Latency {
  const random = createRandom(SEED);
  // 2^-1 to 2^1, evenly in the exponent: short answers are common, long ones are not. Its mean is 1.08.
  return { nextMs: () => baseMs * 2 ** (2 * random() - 1) };
}

/** mulberry32: four lines, good enough to spread latencies. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
