import { figuresOf, type Seen } from '../../bench/limiter/figures.ts';
import { parseOptions } from '../../bench/limiter/options.ts';
import { missedTargets } from '../../bench/limiter/report.ts';

const WINDOW_MS = 1_000;
/** Four calls are allowed in a second; as many arrive, in each of two windows, evenly. */
const seen = (changes: Partial<Seen> = {}): Seen => ({
  allowance: 4,
  windowMs: WINDOW_MS,
  arrivalsMs: [0, 250, 500, 750, 1_000, 1_250, 1_500, 1_750],
  throttledMs: [],
  throttled: 0,
  othersPassed: [0, 0],
  outsidersThrottled: 0,
  redisCommands: 16,
  ...changes,
});
const optionsOf = (...argv: string[]) => parseOptions(argv).options;

describe('the figures of a limiter', () => {
  it('are those of perfect spacing', () => {
    expect(figuresOf(seen())).toEqual({
      maxInWindow: 4,
      allowance: 4,
      throttled: 0,
      outsidersThrottled: 0,
      utilisation: 1,
      bucketUtilisation: 1,
      longestGapMs: 250,
      redisCommandsPerCall: 2,
    });
  });

  it('find the fullest window wherever it lies, half-open', () => {
    const arrivalsMs = [0, 800, 900, 950, 1_100, 1_200, 1_799, 1_800];
    expect(figuresOf(seen({ arrivalsMs })).maxInWindow).toBe(6); // 800 to 1,799, without 1,800
  });

  it('count no window above its allowance', () => {
    const arrivalsMs = [0, 100, 200, 300, 400, 500, 1_500];
    expect(figuresOf(seen({ arrivalsMs })).utilisation).toBe(5 / 8);
  });

  it('count no call that was answered 429', () => {
    expect(figuresOf(seen({ throttledMs: [1_250, 1_750] })).utilisation).toBe(6 / 8);
  });

  it('count what passed of others in the whole bucket only', () => {
    const arrivalsMs = [0, 500, 1_000, 1_500];
    expect(figuresOf(seen({ arrivalsMs, othersPassed: [1, 2] }))).toMatchObject({
      utilisation: 4 / 8,
      bucketUtilisation: 7 / 8,
    });
  });

  it('take a silence at the end for a gap, and leave out what is beyond the whole windows', () => {
    expect(figuresOf(seen({ arrivalsMs: [0, 300, 900, 5_000] })).longestGapMs).toBe(1_100);
  });
});

describe('the targets of Portage', () => {
  const good = figuresOf(seen());

  it('are met by perfect figures', () => {
    expect(missedTargets(good, optionsOf())).toEqual([]);
  });

  it('are missed one by one, and each is told', () => {
    const bad = { maxInWindow: 5, utilisation: 0.9, throttled: 1, outsidersThrottled: 2 };
    expect(missedTargets({ ...good, ...bad, redisCommandsPerCall: 2.01 }, optionsOf())).toEqual([
      '5 calls in a window, wanted 4 at most',
      '90.0 % of the bucket used, wanted 99.5 %',
      '1 calls answered 429, wanted none',
      '2 calls of outsiders answered 429, wanted none',
      '2.01 Redis commands a call, wanted 2 at most',
    ]);
  });

  it.each([
    [[], 0.995],
    [['--jitter-ms', '101'], 0.99],
    [['--jitter-ms', '250'], 0.99],
    [['--fast'], 0.97],
  ])('with %j are a utilisation of %d', (argv, least) => {
    const missed = (utilisation: number) =>
      missedTargets({ ...good, utilisation, bucketUtilisation: 0 }, optionsOf(...argv)).length;
    expect([missed(least), missed(least - 0.0001)]).toEqual([0, 1]);
  });

  it('with outsiders are about the whole bucket', () => {
    const missed = (bucketUtilisation: number) =>
      missedTargets({ ...good, utilisation: 0, bucketUtilisation }, optionsOf('--outsiders', '0.3')).length;
    expect([missed(0.97), missed(0.9699)]).toEqual([0, 1]);
  });
});

describe('the options of the bench', () => {
  it('are a short run with --fast', () => {
    expect(optionsOf('--fast')).toMatchObject({ seconds: 20, jitterMs: 15, windowMs: 6_000, perWindow: 600 });
    expect(optionsOf('--fast', '--seconds', '8')).toMatchObject({ seconds: 8 });
  });

  it('leave out limiters', () => {
    expect(optionsOf('--only', 'bullmq-10-1s,portage').only).toEqual(['portage', 'bullmq-10-1s']);
  });

  it('are told all their faults', () => {
    const { faults } = parseOptions(['--seconds', '59', '--outsiders', '2', '--only', 'portage,leaky']);
    expect(faults.slice(0, 3)).toEqual([
      '--outsiders: wanted a number from 0 to 0.9',
      expect.stringMatching(/^--only: leaky is none of portage, /),
      '--seconds: at least one window has to be whole, 60 s',
    ]);
  });
});
