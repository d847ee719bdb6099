import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BUCKET_NAMES, EDITIONS } from './buckets.ts';
import { loadObserver } from './observer.ts';
import {
  ACTIVATING_PROVISIONED,
  DUPLICATE_GROUP,
  type GivenOptions,
  type Options,
  RATE_LIMIT_HEADERS,
} from './options.ts';
import { parseServiceApp, type ServiceApp } from './service-app.ts';

const SECOND = 1000;

export type ParsedOptions =
  | { readonly kind: 'options'; readonly options: GivenOptions }
  | { readonly kind: 'faulty'; readonly faults: readonly string[] };

/** One word of the command line; what is not `wanted` reads as undefined. */
interface Flag {
  readonly key: keyof Options;
  readonly read: (text: string) => unknown;
  readonly wanted: string;
  readonly example: string;
}

const share = { read: whole(1, 100), wanted: 'a percentage from 1 to 100', example: '100' };
const milliseconds = { read: number(0), wanted: 'milliseconds, 0 or more', example: '0' };
const count = { read: whole(1), wanted: 'a whole number above 0' };

const REQUIRED: Readonly<Record<string, Flag>> = {
  port: { key: 'port', read: whole(0, 65_535), wanted: '0 to 65535', example: 'P' },
  token: {
    key: 'token',
    read: (text) => text || undefined,
    wanted: 'the API token that callers will send',
    example: 'T',
  },
};

const OPTIONAL: Readonly<Record<string, Flag>> = {
  host: {
    key: 'host',
    read: (text) => text || undefined,
    wanted: 'an address to listen on',
    example: '127.0.0.1',
  },
  edition: { key: 'edition', ...oneOf(EDITIONS), example: 'enterprise' },
  'users-per-minute': { key: 'usersPerMinute', ...count, example: '600' },
  limits: {
    key: 'perMinute',
    read: readLimits,
    wanted: `bucket=calls a minute,... of ${BUCKET_NAMES.join(', ')}`,
    example: 'apps=100,logs=50',
  },
  'window-s': {
    key: 'windowMs',
    read: (text) => toMs(number(Number.MIN_VALUE)(text)),
    wanted: 'seconds above 0',
    example: '60',
  },
  'token-share': { key: 'tokenSharePercent', ...share },
  'rate-limit-headers': { key: 'rateLimitHeaders', ...oneOf(RATE_LIMIT_HEADERS) },
  concurrency: { key: 'concurrency', ...count, example: '75' },
  'token-concurrency': { key: 'tokenConcurrencyPercent', ...share },
  'latency-ms': { key: 'latencyMs', ...milliseconds },
  'clock-skew-ms': {
    key: 'clockSkewMs',
    read: whole(Number.MIN_SAFE_INTEGER),
    wanted: 'whole milliseconds, also below 0 (--clock-skew-ms=-5000)',
    example: '0',
  },
  'transition-ms': { key: 'transitionMs', ...milliseconds },
  'search-lag-ms': { key: 'searchLagMs', ...milliseconds },
  'group-lag-ms': { key: 'groupLagMs', ...milliseconds },
  'mails-per-minute': { key: 'mailsPerMinute', ...count, example: '30' },
  'assignment-lag-ms': { key: 'assignmentLagMs', ...milliseconds },
  'rule-lag-ms': { key: 'ruleLagMs', ...milliseconds },
  'service-apps': {
    key: 'serviceApps',
    read: readServiceApps,
    wanted: 'a file with a JSON list of {clientId, jwks, scopes, dpop}',
    example: 'FILE',
  },
  'token-life-s': {
    key: 'tokenLifeMs',
    read: (text) => toMs(number(Number.MIN_VALUE)(text)),
    wanted: 'seconds above 0',
    example: '3600',
  },
  'log-lag-ms': { key: 'logLagMs', ...milliseconds },
  'log-late-percent': {
    key: 'logLatePercent',
    read: number(0, 100),
    wanted: 'a percentage from 0 to 100',
    example: '0',
  },
  'log-late-ms': { key: 'logLateMs', ...milliseconds, example: '5000' },
  'log-capacity': { key: 'logCapacity', ...count, example: '50000' },
  observer: {
    key: 'observe',
    read: loadObserver,
    wanted: 'a module that exports a function observe(exchange)',
    example: 'MODULE',
  },
  'activating-provisioned': { key: 'activatingProvisioned', ...oneOf(ACTIVATING_PROVISIONED) },
  'duplicate-group': { key: 'duplicateGroup', ...oneOf(DUPLICATE_GROUP) },
  'fetch-slash-logins': { key: 'fetchesSlashLogins', read: yesOrNo, wanted: 'yes or no', example: 'yes' },
  'refuse-repeated-assignment': {
    key: 'refuseRepeatedAssignment',
    read: yesOrNo,
    wanted: 'yes or no',
    example: 'no',
  },
  'unique-app-labels': { key: 'uniqueAppLabels', read: yesOrNo, wanted: 'yes or no', example: 'no' },
};

const FLAGS = { ...REQUIRED, ...OPTIONAL };

export const USAGE = `usage: okta-simulator ${[
  ...Object.entries(REQUIRED).map(([name, { example }]) => `--${name} ${example}`),
  ...Object.entries(OPTIONAL).map(([name, { example }]) => `[--${name} ${example}]`),
].join(' ')} [-- the options of another org ...]`;

/** Reads the options of one org; a faulty one names every wrong option, not only the first. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  const { values, positionals } = readArguments(argv);
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(FLAGS, name));
  const faults = [
    ...unknown.map((name) => `--${name}: unknown option`),
    ...positionals.map((word) => `${word}: unexpected argument`),
  ];
  const options: Record<string, unknown> = {};
  for (const [name, { key, read, wanted }] of Object.entries(FLAGS)) {
    const given = values[name];
    if (given === undefined && !Object.hasOwn(REQUIRED, name)) continue;
    options[key] = typeof given === 'string' ? read(given) : undefined;
    if (options[key] !== undefined) continue;
    faults.push(`--${name}: ${given === undefined ? 'is missing' : 'is wrong'}, wanted ${wanted}`);
  }
  if (faults.length > 0) return { kind: 'faulty', faults };
  return { kind: 'options', options: options as unknown as GivenOptions };
}

function readArguments(argv: readonly string[]) {
  const options = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' } as const]));
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true });
}

function number(least: number, most = Number.MAX_VALUE) {
  return (text: string): number | undefined => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    return value >= least && value <= most ? value : undefined;
  };
}

function whole(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number | undefined => {
    const value = number(least, most)(text);
    return Number.isInteger(value) ? value : undefined;
  };
}

function yesOrNo(text: string): boolean | undefined {
  return text === 'yes' ? true : text === 'no' ? false : undefined;
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * SECOND;
}

function readServiceApps(path: string): ServiceApp[] | undefined {
  try {
    const apps = (JSON.parse(readFileSync(path, 'utf8')) as unknown[]).map(parseServiceApp);
    const right = apps.flatMap((parsed) => (parsed.kind === 'app' ? parsed.app : []));
    return right.length === apps.length ? right : undefined;
  } catch {
    return undefined;
  }
}

function oneOf(words: readonly string[]) {
  return {
    read: (text: string) => words.find((known) => known === text),
    wanted: `one of ${words.join(', ')}`,
    example: words[0] ?? '',
  };
}

function readLimits(text: string): Record<string, number> | undefined {
  const limits = text.split(',').map((part) => {
    const [bucket = '', perMinute = ''] = part.split('=');
    return [bucket, whole(1)(perMinute)] as const;
  });
  const known: readonly string[] = BUCKET_NAMES;
  const isRight = limits.every(([bucket, perMinute]) => known.includes(bucket) && perMinute !== undefined);
  return isRight ? (Object.fromEntries(limits) as Record<string, number>) : undefined;
}
