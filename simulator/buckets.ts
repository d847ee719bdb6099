export const EDITIONS = ['integrator', 'enterprise', 'workforce'] as const;

/** Integrator Free; Customer Identity, of which One App and Enterprise have the same limits; Workforce Identity. */
export type Edition = (typeof EDITIONS)[number];

/** Calls in hand at once in a whole org. Okta, concurrency rate limits. */
export const CONCURRENCY: Readonly<Record<Edition, number>> = {
  integrator: 35,
  enterprise: 75,
  workforce: 75,
};

export type Bucket =
  | 'users'
  | 'user-write'
  | 'user-read'
  | 'groups'
  | 'group'
  | 'apps'
  | 'app'
  | 'logs'
  | 'token'
  | 'identity-sources'
  | 'api';

export interface Row {
  readonly bucket: Bucket;
  /** Of a whole org. */
  readonly perMinute: Readonly<Record<Edition, number>>;
  /** Methods and paths that share this one counter; `*` is any method or any rest of a path. */
  readonly calls: readonly string[];
}

/**
 * Okta, rate limits: the last numbers published. Creation and activation sit in one bucket,
 * updating a user in another, reading one in a third.
 */
export const BUCKETS: readonly Row[] = [
  row('users', [100, 600, 600], 'GET|POST /users', '* /users/{id}/*'),
  row('user-write', [100, 600, 600], 'POST|PUT|DELETE /users/{id}'),
  row('user-read', [100, 1000, 2000], 'GET /users/{id}'),
  row(
    'groups',
    [100, 600, 500],
    'GET|POST /groups',
    '* /groups/rules',
    '* /groups/rules/*',
    '* /groups/{id}/*',
  ),
  row('group', [100, 600, 1000], 'GET|PUT|DELETE /groups/{id}'),
  row('apps', [20, 100, 100], 'GET|POST /apps', '* /apps/{id}/*'),
  row('app', [100, 600, 500], 'GET|PUT|DELETE /apps/{id}'),
  row('logs', [20, 50, 120], 'GET /logs'),
  row('token', [300, 1200, 2000], 'POST /oauth2/v1/token'),
  // INFERRED from one recorded token of a preview org, that had 15.
  row(
    'identity-sources',
    [30, 30, 30],
    'GET|POST /identity-sources/{id}/sessions',
    'GET|DELETE /identity-sources/{id}/sessions/{session}',
  ),
  row('api', [100, 600, 1200], '* /*'),
];

function row(bucket: Bucket, numbers: readonly [number, number, number], ...calls: string[]): Row {
  const [integrator, enterprise, workforce] = numbers;
  return { bucket, perMinute: { integrator, enterprise, workforce }, calls };
}

export const BUCKET_NAMES: readonly Bucket[] = BUCKETS.map((row) => row.bucket);

interface Matcher {
  readonly bucket: Bucket;
  readonly methods: readonly string[];
  readonly path: RegExp;
  readonly rank: number;
}

const MATCHERS: readonly Matcher[] = BUCKETS.flatMap((row) =>
  row.calls.map((call) => toMatcher(row.bucket, call)),
).sort((a, b) => b.rank - a.rank);

/** Okta, rate limits: what has none. */
const UNLIMITED = [
  '/oauth2/v1/keys',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

/**
 * The bucket that a call counts in: an exact path wins, then an id, then the longest prefix; null where nothing is
 * limited. Okta, rate limits.
 */
export function bucketOf(method: string, path: string): Bucket | null {
  if (UNLIMITED.includes(path)) return null;
  const fits = ({ methods, path: pattern }: Matcher) =>
    (methods[0] === '*' || methods.includes(method)) && pattern.test(path);
  return MATCHERS.find(fits)?.bucket ?? 'api';
}

function toMatcher(bucket: Bucket, call: string): Matcher {
  const [methods = '', path = ''] = call.split(' ');
  const pattern = path.replaceAll(/\{\w+\}/g, '[^/]+').replace('/*', '/.*');
  const root = path.startsWith('/oauth2/') ? '' : '/api/v1';
  return {
    bucket,
    methods: methods.split('|'),
    path: new RegExp(`^${root}${pattern}$`),
    rank: rankOf(path),
  };
}

function rankOf(path: string): number {
  if (path.endsWith('*')) return path.length;
  return path.includes('{') ? 1000 : 2000;
}
