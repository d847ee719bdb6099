import { parseArgs } from 'node:util';

/** What a demo is like. */
export interface Options {
  admins: number;
  panelists: number;
  workers: number;
  /** Calls a minute: what Okta grants and what Portage is configured to use. */
  perMinute: number;
  latencyMs: number;
  /** Percent of Okta's limits that the API token may use; below 100 Okta answers some calls with 429. */
  tokenShare: number;
  seed: number;
  /** A module that is shown the simulator's traffic. */
  observer?: string;
  /** Leave everything running after the summary. */
  keep: boolean;
  /** End the output with the summary as one line of JSON. */
  json: boolean;
}

export type ParsedOptions =
  | { kind: 'options'; options: Options }
  | { kind: 'help' }
  | { kind: 'faulty'; faults: string[] };

interface Rule {
  fallback: number;
  least: number;
  most: number;
  help: string;
}

/** Forty admins are a large installation's; at Okta's 600 calls a minute the people take about half a minute. */
const numbers = {
  admins: { fallback: 40, least: 1, most: 1_000_000, help: 'admins in the installation' },
  panelists: { fallback: 300, least: 1, most: 1_000_000, help: 'panelists in the installation' },
  workers: { fallback: 2, least: 1, most: 64, help: 'worker processes' },
  'per-minute': {
    fallback: 600,
    least: 1,
    most: 1_000_000,
    help: 'calls a minute that Okta allows and Portage may use',
  },
  'latency-ms': { fallback: 150, least: 0, most: 60_000, help: 'how long Okta takes to answer, on average' },
  'token-share': {
    fallback: 100,
    least: 1,
    most: 100,
    help: "percent of Okta's limits that the token has; below 100 Okta throttles",
  },
  seed: { fallback: 20_220_503, least: 0, most: 4_294_967_295, help: 'another seed makes other people' },
} as const satisfies Record<string, Rule>;

const switches = {
  keep: 'leave everything running after the summary, until Ctrl-C',
  json: 'end with the summary as one line of JSON',
  help: 'show this',
} as const;

type NumberName = keyof typeof numbers;

/** Reads the command line; a faulty one names everything that is wrong. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  const { values, positionals } = readArguments(argv);
  const faults = [...misplaced(values), ...positionals.map((word) => `${word}: is not an option`)];
  const number = (name: NumberName) => readNumber(name, values[name], faults);
  const options: Options = {
    admins: number('admins'),
    panelists: number('panelists'),
    workers: number('workers'),
    perMinute: number('per-minute'),
    latencyMs: number('latency-ms'),
    tokenShare: number('token-share'),
    seed: number('seed'),
    keep: values.keep === true,
    json: values.json === true,
    ...(typeof values.observer === 'string' && { observer: values.observer }),
  };
  if (values.help === true) return { kind: 'help' };
  return faults.length === 0 ? { kind: 'options', options } : { kind: 'faulty', faults };
}

/** What `--help` prints. */
export function usage(): string {
  const named = Object.entries<Rule>(numbers).map(
    ([name, { fallback, help }]) => `  ${`--${name} N`.padEnd(17)} ${help} (${fallback})`,
  );
  const flags = Object.entries(switches).map(([name, help]) => `  ${`--${name}`.padEnd(17)} ${help}`);
  return [
    'npm run demo -- [options]: migrates an invented installation into a simulated Okta org.',
    '',
    ...named,
    `  ${'--observer M'.padEnd(17)} a module that is shown the traffic of the simulated org`,
    ...flags,
    '',
    'Exit code: 0 both ends agree, 1 they do not or something failed, 2 wrong options, 130 interrupted (143 by SIGTERM).',
  ].join('\n');
}

function readArguments(argv: readonly string[]) {
  const strings = [...Object.keys(numbers), 'observer'].map((name) => [name, { type: 'string' }] as const);
  const booleans = Object.keys(switches).map((name) => [name, { type: 'boolean' }] as const);
  const options = Object.fromEntries([...strings, ...booleans]);
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true });
}

function misplaced(values: Record<string, unknown>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (Object.hasOwn(numbers, name)) return [];
    if (name === 'observer') return value ? [] : ['--observer: needs a value'];
    if (!Object.hasOwn(switches, name)) return [`--${name}: is not an option`];
    return value === true ? [] : [`--${name}: takes no value`];
  });
}

function readNumber(name: NumberName, given: unknown, faults: string[]): number {
  const { fallback, least, most } = numbers[name];
  if (given === undefined) return fallback;
  const value = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  const what = typeof given === 'string' ? `${given} is wrong` : 'needs a value';
  faults.push(`--${name}: ${what}, wanted a whole number from ${least} to ${most}`);
  return fallback;
}
