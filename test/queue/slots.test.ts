import { jobsAtPace } from '../../src/queue/slots.ts';

test.each([5, 6, 10, 30, 60, 100, 300, 600])(
  'at %i calls a minute a late migration has two fifths of three minutes, behind all that is under way',
  (perMinute) => {
    const turns = 3 * perMinute;
    const late = (turns - jobsAtPace(perMinute)) / 2;
    expect(late / turns).toBeGreaterThanOrEqual(0.4);
  },
);

test.each([10, 60, 600])('at %i calls a minute calls of five seconds do not hold it up', (perMinute) => {
  expect(jobsAtPace(perMinute)).toBeGreaterThan((perMinute * 5) / 60);
});
