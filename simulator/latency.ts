import { createRandom } from './random.ts';

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
