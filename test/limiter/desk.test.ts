import { performance } from 'node:perf_hooks';
import { createDesk, type Held, restAfter } from '../../src/limiter/desk.ts';

/** Turns, numbered as they are booked. */
function bookings() {
  let number = 0;
  return (dueInMs: number, latestMs = Infinity): Held => {
    const dueAt = performance.now() + dueInMs;
    number += 1;
    return { number, dueAt, sendBy: dueAt + latestMs };
  };
}
/** A process that stands still: nothing of it runs for so long. */
const standStill = (forMs: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);

test('a process that was told to come back asks later next time, and sooner again when it gets what falls due at once', () => {
  const told = restAfter(0, { waitMs: 300 });
  expect(told).toBeGreaterThan(0);
  expect(restAfter(told, { aheadMs: 300 })).toBe(told);
  expect(restAfter(told, { aheadMs: 100 })).toBeLessThan(told);
  expect(restAfter(told, { aheadMs: 0 })).toBe(0); // 225 ms less 300
});

test('a long rest is over after a few bookings that came too late', () => {
  const rests = [5_000];
  while ((rests.at(-1) ?? 0) > 0) rests.push(restAfter(rests.at(-1) ?? 0, { aheadMs: 0 }));
  expect(rests).toEqual([5_000, 2_500, 1_250, 625, 312.5, 12.5, 0]);
});

test('a process that stood still gives up the turns that it held and books again', async () => {
  const turn = bookings();
  const asked: number[] = [];
  const desk = createDesk<Held>(async (wanted) => {
    asked.push(wanted);
    return { kind: 'booked', turns: Array.from({ length: wanted }, () => turn(0, 500)) };
  });
  const [first, second] = [desk.take('fair'), desk.take('fair')];
  standStill(1_000); // the first turn is booked, and old before it can be handed out
  const numbers = [(await first).number, (await second).number];
  expect(asked.length).toBeGreaterThan(1);
  expect(Math.min(...numbers)).toBeGreaterThan(1);
});

test('who drops its turns hands out none of those that are held, nor of those that are being booked', async () => {
  const turn = bookings();
  const [underWay, ending] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let booked = 0;
  const desk = createDesk<Held>(async () => {
    booked += 1;
    if (booked === 1) return { kind: 'booked', turns: [turn(0), turn(60_000)] };
    if (booked === 2) {
      underWay.resolve();
      await ending.promise;
    }
    return { kind: 'booked', turns: [turn(0)] };
  });
  const turns = [desk.take('fair'), desk.take('fair')];
  expect((await turns[0])?.number).toBe(1);
  desk.drop(); // number 2
  await underWay.promise;
  desk.drop(); // number 3, which comes then
  ending.resolve();
  expect((await turns[1])?.number).toBe(4);
});

test('no process rests for long, however often it is told to come back', () => {
  let restMs = 0;
  for (let i = 0; i < 100; i += 1) restMs = restAfter(restMs, { waitMs: 5_000 });
  expect(restMs).toBeLessThanOrEqual(5_000);
});
