import { numbersText, type Rule, readArguments, readNumber, usageLine } from '../arguments.ts';
import { LIMITERS, type LimiterName } from './limiters.ts';

const SECOND = 1_000;

/** What a run of the bench is like. */
export interface Options {
  /** How long each limiter is driven, from its first call. */
  seconds: number;
  processes: number;
  /** Each call is sent from 0 to so much later than it was granted. */
  jitterMs: number;
  /** What other applications call, as a share of the bucket. */
  outsiders: number;
  /** Calls in one of Okta's windows, everybody's together. */
  perWindow: number;
  windowMs: number;
  fast: boolean;
  json: boolean;
  only: readonly LimiterName[];
  /** Where the chart goes. */
  svg: string | null;
}

const PER_WINDOW = 600;
const WINDOW_MS = { full: 60 * SECOND, fast: 6 * SECOND };

const numbers = {
  seconds: { fallback: 130, least: 6, most: 3_600, help: 'how long each limiter is driven; 20 with --fast' },
  processes: { fallback: 4, least: 1, most: 16, help: 'worker processes that share the limiter' },
  'jitter-ms': {
    fallback: 100,
    least: 0,
    most: 1_000,
    help: 'most that a call is late on its way to Okta; 15 with --fast',
  },
  outsiders: {
    fallback: 0,
    least: 0,
    most: 0.9,
    help: 'share of the bucket that other applications call, evenly',
    isFraction: true,
  },
} as const satisfies Record<string, Rule>;
const FAST = { seconds: 20, 'jitter-ms': 15 } as const;

type NumberName = keyof typeof numbers;

/** Reads the command line; what is wrong with it is in `faults`, the usage below it. */
export function parseOptions(argv: readonly string[]): { options: Options; faults: string[] } {
  const faults: string[] = [];
  const values = readArguments(argv, [...Object.keys(numbers), 'only', 'svg'], ['fast', 'json'], faults);
  const fast = values.fast === true;
  const number = (name: NumberName) => {
    const fallback = fast && name in FAST ? FAST[name as keyof typeof FAST] : numbers[name].fallback;
    return readNumber(name, { ...numbers[name], fallback }, values[name], faults);
  };
  const options = {
    seconds: number('seconds'),
    processes: number('processes'),
    jitterMs: number('jitter-ms'),
    outsiders: number('outsiders'),
    perWindow: PER_WINDOW,
    windowMs: fast ? WINDOW_MS.fast : WINDOW_MS.full,
    fast,
    json: values.json === true,
    only: readNames(values.only, faults),
    svg: typeof values.svg === 'string' ? values.svg : null,
  };
  if (options.seconds * SECOND < options.windowMs)
    faults.push(`--seconds: at least one window has to be whole, ${options.windowMs / SECOND} s`);
  return { options, faults: faults.length > 0 ? [...faults, '', usage()] : [] };
}

function readNames(given: unknown, faults: string[]): readonly LimiterName[] {
  const known = Object.keys(LIMITERS) as LimiterName[];
  if (typeof given !== 'string') return known;
  const wanted = given.split(',');
  const strangers = wanted.filter((name) => !known.some((each) => each === name));
  if (strangers.length > 0) faults.push(`--only: ${strangers.join(', ')} is none of ${known.join(', ')}`);
  return known.filter((name) => wanted.includes(name));
}

function usage(): string {
  return [
    'npm run bench:limiter -- [options]: the same work through several limiters, one after the other.',
    '',
    ...numbersText(numbers),
    usageLine('fast', 'windows of 6 s instead of 60 s, still of 600 calls'),
    usageLine('only A,B', `only these of ${Object.keys(LIMITERS).join(', ')}`),
    usageLine('svg FILE', 'draw the arrivals per second'),
    usageLine('json', 'end with the figures as one line of JSON'),
    '',
    'Exit code: 0 Portage has met its targets or did not take part, 1 it has not or something failed, 2 wrong options.',
  ].join('\n');
}
