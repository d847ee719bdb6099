import { numbersText, type Rule, readArguments, readNumber, usageLine } from './arguments.ts';

/** What a run of the bench is like. */
export interface Options {
  panelists: number;
  /** Calls a minute that the simulated Okta allows and Portage is configured to use. */
  perMinute: number;
  latencyMs: number;
  /** The run ends in about that time, whatever is done by then. */
  minutes: number;
  json: boolean;
}

const numbers = {
  panelists: { fallback: 100_000, least: 2_000, most: 1_000_000, help: 'people to migrate' },
  'per-minute': {
    fallback: 36_000,
    least: 6_000, // with less, the allowance would be measured and not the worker
    most: 1_000_000,
    help: 'calls a minute that Okta allows',
  },
  'latency-ms': { fallback: 200, least: 0, most: 10_000, help: 'how long Okta takes to answer, on average' },
  minutes: { fallback: 8, least: 1, most: 600, help: 'ends by then, with what was measured so far' },
} as const satisfies Record<string, Rule>;

type NumberName = keyof typeof numbers;

/** Reads the command line; what is wrong with it is in `faults`, the usage below it. */
export function parseOptions(argv: readonly string[]): { options: Options; faults: string[] } {
  const faults: string[] = [];
  const values = readArguments(argv, Object.keys(numbers), ['json'], faults);
  const number = (name: NumberName) => readNumber(name, numbers[name], values[name], faults);
  const options = {
    panelists: number('panelists'),
    perMinute: number('per-minute'),
    latencyMs: number('latency-ms'),
    minutes: number('minutes'),
    json: values.json === true,
  };
  return { options, faults: faults.length > 0 ? [...faults, '', usage()] : [] };
}

function usage(): string {
  return [
    'npm run bench:scale -- [options]: measures Portage beside a plain BullMQ worker.',
    '',
    ...numbersText(numbers),
    usageLine('json', 'end with the figures as one line of JSON'),
  ].join('\n');
}
