import { boundsOf, Sample } from '../../src/domain/sample.ts';
import { createRandom } from '../support/random.ts';

test('of few everybody is in the sample', () => {
  const sample = new Sample<number>(3);
  for (const n of [1, 2]) sample.offer(n);
  expect([sample.items, sample.offered]).toEqual([[1, 2], 2]);
});

test('of many each has the same chance', () => {
  const random = createRandom(1);
  const times = Array<number>(100).fill(0);
  for (let round = 0; round < 2_000; round += 1) {
    const sample = new Sample<number>(10, () => random.next());
    for (let n = 0; n < 100; n += 1) sample.offer(n);
    expect(new Set(sample.items).size).toBe(10);
    for (const n of sample.items) times[n] = (times[n] ?? 0) + 1;
  }
  // 200 each on average, with a standard deviation of 13.4
  expect(Math.min(...times)).toBeGreaterThan(140);
  expect(Math.max(...times)).toBeLessThan(260);
});

test('a sample of everybody says it exactly', () => {
  expect(boundsOf(2, 10, 10)).toEqual({ estimated: 2, atLeast: 2, atMost: 2 });
});

test.each([
  // hits, of, whole, estimated, at least, at most: Wilson (1927), z = 1.96
  [0, 25, 1_000, 0, 0, 134],
  [5, 25, 1_000, 200, 88, 392],
  [25, 25, 1_000, 1_000, 866, 1_000],
  [0, 0, 1_000, 0, 0, 1_000],
])('%i of %i asked of %i', (hits, sampled, whole, estimated, atLeast, atMost) => {
  expect(boundsOf(hits, sampled, whole)).toEqual({ estimated, atLeast, atMost });
});

test('the bounds hold what is true in 95 of 100 samples', () => {
  const random = createRandom(2);
  const whole = Array.from({ length: 500 }, (_, n) => n < 60); // 60 of 500
  let held = 0;
  for (let round = 0; round < 400; round += 1) {
    const hits = random.shuffle(whole).slice(0, 50).filter(Boolean).length;
    const { atLeast, atMost } = boundsOf(hits, 50, whole.length);
    if (atLeast <= 60 && 60 <= atMost) held += 1;
  }
  expect(held).toBeGreaterThan(0.93 * 400);
});
