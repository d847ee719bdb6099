import { parseArgs } from 'node:util';

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

interface Rule {
  fallback: number;
  least: number;
  most: number;
  help: string;
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
  const values = readArguments(argv, faults);
  const number = (name: NumberName) => readNumber(name, values[name], faults);
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
  const lines = Object.entries<Rule>(numbers).map(
    ([name, { fallback, help }]) => `  ${`--${name} N`.padEnd(17)} ${help} (${fallback})`,
  );
  return [
    'npm run bench:scale -- [options]: measures Portage beside a plain BullMQ worker.',
    '',
    ...lines,
    `  ${'--json'.padEnd(17)} end with the figures as one line of JSON`,
  ].join('\n');
}

function readArguments(argv: readonly string[], faults: string[]): Record<string, unknown> {
  const strings = Object.keys(numbers).map((name) => [name, { type: 'string' }] as const);
  const options = { ...Object.fromEntries(strings), json: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    faults.push((error as Error).message);
    return {};
  }
}

function readNumber(name: NumberName, given: unknown, faults: string[]): number {
  const { fallback, least, most } = numbers[name];
  if (given === undefined) return fallback;
  const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  faults.push(`--${name}: wanted a whole number from ${least} to ${most}`);
  return fallback;
}
