export type Bucket =
  | 'users'
  | 'user-write'
  | 'user-read'
  | 'groups'
  | 'group'
  | 'apps'
  | 'app'
  | 'logs'
  | 'api';

interface Row {
  readonly bucket: Bucket;
  /** Calls per minute of a whole Enterprise org. */
  readonly perMinute: number;
  /** Methods and paths below /api/v1 that share this one counter; `*` is any method or any rest of a path. */
  readonly calls: readonly string[];
}

/**
 * Okta, rate limits: the last numbers published for an Enterprise org. Creation and activation
 * sit in one bucket, updating a user in another, reading one in a third.
 */
export const BUCKETS: readonly Row[] = [
  { bucket: 'users', perMinute: 600, calls: ['GET|POST /users', '* /users/{id}/*'] },
  { bucket: 'user-write', perMinute: 600, calls: ['POST|PUT|DELETE /users/{id}'] },
  { bucket: 'user-read', perMinute: 1000, calls: ['GET /users/{id}'] },
  {
    bucket: 'groups',
    perMinute: 600,
    calls: ['GET|POST /groups', '* /groups/rules', '* /groups/rules/*', '* /groups/{id}/*'],
  },
  { bucket: 'group', perMinute: 600, calls: ['GET|PUT|DELETE /groups/{id}'] },
  { bucket: 'apps', perMinute: 100, calls: ['GET|POST /apps', '* /apps/{id}/*'] },
  { bucket: 'app', perMinute: 600, calls: ['GET|PUT|DELETE /apps/{id}'] },
  { bucket: 'logs', perMinute: 50, calls: ['GET /logs'] },
  { bucket: 'api', perMinute: 600, calls: ['* /*'] },
];

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

/** The bucket that a call counts in: an exact path wins, then an id, then the longest prefix. Okta, rate limits. */
export function bucketOf(method: string, path: string): Bucket {
  const fits = ({ methods, path: pattern }: Matcher) =>
    (methods[0] === '*' || methods.includes(method)) && pattern.test(path);
  return MATCHERS.find(fits)?.bucket ?? 'api';
}

function toMatcher(bucket: Bucket, call: string): Matcher {
  const [methods = '', path = ''] = call.split(' ');
  const pattern = path.replace('{id}', '[^/]+').replace('/*', '/.*');
  return { bucket, methods: methods.split('|'), path: new RegExp(`^/api/v1${pattern}$`), rank: rankOf(path) };
}

function rankOf(path: string): number {
  if (path.endsWith('*')) return path.length;
  return path.includes('{') ? 1000 : 2000;
}
