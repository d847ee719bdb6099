import fc from 'fast-check';
import { fillUp, type Line, nextPlaces } from '../../src/domain/fair.ts';

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);

describe('room', () => {
  test.each<[levels: number[], room: number, shares: number[]]>([
    [[0, 0], 10, [5, 5]],
    [[0, 0], 5, [3, 2]],
    [[150, 0], 10, [0, 10]],
    [[10, 4], 10, [2, 8]],
    [[3, 0, 9], 6, [1, 5, 0]],
    [[7], 4, [4]],
    [[5, 5], 0, [0, 0]],
    [[], 4, []],
  ])('beside %j, %i more, goes %j', (levels, room, shares) => {
    expect(fillUp(levels, room)).toEqual(shares);
  });

  const levels = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 20 });

  test('is given away to the last, and levels who got any as far as it can', () => {
    fc.assert(
      fc.property(levels, fc.nat(5_000), (before, room) => {
        const shares = fillUp(before, room);
        expect(sum(shares)).toBe(room);
        const after = before.map((level, i) => level + (shares[i] ?? 0));
        const raised = after.filter((_, i) => (shares[i] ?? 0) > 0);
        // Nobody is left below who was given something, but for the rest of a division.
        for (const level of raised) expect(level).toBeLessThanOrEqual(Math.min(...after) + 1);
      }),
    );
  });
});

/** Migrations that add jobs and one queue that serves them, the lowest place first, as BullMQ does. */
function createQueue() {
  const jobs: { of: number; place: number; order: number }[] = [];
  let added = 0;
  const lineOf = (of: number): Line => {
    const places = jobs.filter((job) => job.of === of).map(({ place }) => place);
    return { length: places.length, lastPlace: Math.max(0, ...places) };
  };
  return {
    /** Each of them so many more. */
    add(counts: Record<number, number>) {
      const of = Object.keys(counts).map(Number);
      for (const [i, place] of nextPlaces(of.map(lineOf)).entries()) {
        const id = of[i] ?? 0;
        for (let n = 0; n < (counts[id] ?? 0); n += 1)
          jobs.push({ of: id, place: place + n, order: added++ });
      }
    },
    /** A job that was put off comes back with the place that it had. */
    putBack(of: number, place: number) {
      jobs.push({ of, place, order: added++ });
    },
    serve(count: number): number[] {
      jobs.sort((a, b) => a.place - b.place || a.order - b.order);
      return jobs.splice(0, count).map(({ of }) => of);
    },
  };
}

const countOf = (served: number[], of: number) => served.filter((id) => id === of).length;

describe('places', () => {
  test('let who comes late take turns at once, with nothing for the past', () => {
    const queue = createQueue();
    queue.add({ 1: 200 });
    queue.serve(50);
    queue.add({ 1: 50, 2: 40 });
    const served = queue.serve(60);
    expect([countOf(served, 1), countOf(served, 2)]).toEqual([30, 30]);
  });

  test('let who was away for a while take turns as the others do', () => {
    const queue = createQueue();
    queue.add({ 1: 10, 2: 10 });
    queue.serve(20);
    for (let n = 0; n < 10; n += 1) {
      queue.add({ 1: 10 });
      queue.serve(10);
    }
    queue.add({ 1: 20, 2: 20 });
    expect(countOf(queue.serve(20), 2)).toBe(10);
  });

  test('are not thrown into disorder by an old job that is back', () => {
    const queue = createQueue();
    queue.add({ 1: 300 });
    queue.serve(200);
    queue.putBack(1, 3);
    queue.add({ 1: 0, 2: 50 });
    const served = queue.serve(41);
    expect(countOf(served, 2)).toBeGreaterThanOrEqual(19);
    expect(countOf(served, 2)).toBeLessThanOrEqual(21);
  });

  test('give two who always have work half of the turns each, whatever else comes and goes', () => {
    const round = fc.record({ served: fc.integer({ min: 0, max: 30 }), third: fc.nat(10) });
    fc.assert(
      fc.property(fc.array(round, { minLength: 5, maxLength: 40 }), fc.nat(300), (rounds, ahead) => {
        const queue = createQueue();
        queue.add({ 1: ahead });
        queue.add({ 1: 40, 2: 40 });
        const all: number[] = [];
        for (const { served, third } of rounds) {
          const now = queue.serve(served);
          all.push(...now);
          queue.add({ 1: countOf(now, 1), 2: countOf(now, 2), 3: third });
        }
        expect(Math.abs(countOf(all, 1) - countOf(all, 2))).toBeLessThanOrEqual(2);
      }),
    );
  });
});
