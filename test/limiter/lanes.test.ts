import { createLanes } from '../../src/limiter/lanes.ts';
import type { Lane } from '../../src/limiter/limiter.ts';

/** Who gets the turns of these numbers, when everybody comes back at once. */
function served(waiting: Lane[], numbers: number[]): Lane[] {
  const lanes = createLanes<Lane>();
  for (const lane of waiting) lanes.add(lane, lane);
  return numbers.map((number) => {
    const lane = lanes.next(number) as Lane;
    lanes.add(lane, lane);
    return lane;
  });
}
/** People who come once each. */
function crowd() {
  const lanes = createLanes<{ lane: Lane }>();
  const add = (lane: Lane, count: number) => {
    for (const _ of range(count)) lanes.add(lane, { lane });
  };
  const turns = (count: number) => range(count).map((number) => lanes.next(number)?.lane as Lane);
  return { add, turns };
}
const range = (count: number, step = 1) => Array.from({ length: count }, (_, i) => (i + 1) * step);
const shareOf = (lane: Lane, of: Lane[]) => of.filter((each) => each === lane).length / of.length;

test('whoever comes ahead has every other turn while others wait, and all of them else', () => {
  expect(served(['fair', 'ahead'], [1, 2, 3, 4])).toEqual(['ahead', 'fair', 'ahead', 'fair']);
  expect(served(['ahead'], [1, 2])).toEqual(['ahead', 'ahead']);
});

test('what ahead had while nobody shared is given back, so that it has no more than half', () => {
  const { add, turns } = crowd();
  add('ahead', 20);
  const alone = turns(3);
  add('fair', 20);
  expect(alone).toEqual(['ahead', 'ahead', 'ahead']);
  expect(shareOf('ahead', [...alone, ...turns(9)])).toBe(0.5);
});

test('no more than a few are given back, however long it was alone', () => {
  const { add, turns } = crowd();
  add('ahead', 60);
  turns(50);
  add('fair', 20);
  expect(turns(6)).toEqual([...Array<Lane>(5).fill('fair'), 'ahead']);
});

test.each([1, 2, 3, 4])('a sweep has one turn in twenty at least, with %d processes', (processes) => {
  // Of all turns this process has each second, third ... one.
  const numbers = range(2_000 / processes, processes);
  const lanes = served(['fair', 'ahead', 'sweep'], numbers);
  expect(shareOf('sweep', lanes) / processes).toBeGreaterThanOrEqual(1 / 20);
  expect(shareOf('ahead', lanes)).toBeLessThanOrEqual(0.5);
});

test('however many processes have a sweep each, it leaves half of their turns to others', () => {
  const numbers = range(2_000 / 16, 16);
  const lanes = served(['fair', 'ahead', 'sweep'], numbers);
  expect(shareOf('sweep', lanes)).toBeGreaterThanOrEqual(1 / 20);
  expect(shareOf('fair', lanes)).toBeGreaterThan(0.24);
  expect(shareOf('ahead', lanes)).toBeGreaterThan(0.24);
  expect(shareOf('fair', served(['fair', 'sweep'], numbers))).toBeGreaterThan(0.49);
});

test('a sweep has what nobody else wants', () => {
  expect(served(['sweep'], [1, 2, 3])).toEqual(['sweep', 'sweep', 'sweep']);
});

test('a sweep waits no longer when turns are counted anew', () => {
  const lanes = createLanes<string>();
  lanes.add('sweep', 'one');
  expect(lanes.next(5_000)).toBe('one');
  lanes.add('sweep', 'two');
  lanes.add('fair', 'somebody');
  expect(lanes.next(17)).toBe('two');
});

test('within a lane the first come is the first served, and who has left is not', () => {
  const lanes = createLanes<number>();
  for (const item of [1, 2, 3]) lanes.add('fair', item);
  lanes.delete('fair', 2);
  expect([lanes.size, lanes.next(1), lanes.next(2), lanes.next(3)]).toEqual([2, 1, 3, undefined]);
});
