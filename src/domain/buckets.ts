import type { Bucket } from './operations.ts';

/**
 * Calls a minute that Okta allows by default in each bucket (Enterprise edition). Okta has published no
 * numbers since December 2025: the org's own rate-limit dashboard has the real ones, the configuration
 * states them.
 */
export const defaultPerMinute: Readonly<Record<Bucket, number>> = {
  users: 600, // POST and GET /users, /users/{id}/lifecycle/*
  'user-read': 1_000, // GET /users/{idOrLogin}
  groups: 500, // GET and POST /groups, /groups/{id}/users/*
  group: 600, // GET, PUT, DELETE /groups/{id}
  apps: 100, // GET and POST /apps, /apps/{id}/* but for the app itself
  app: 600, // GET, PUT, DELETE /apps/{id}
  token: 1_200, // POST /oauth2/v1/token
  api: 600, // what has no bucket of its own, such as /meta/schemas
};

/** An allowance of Okta's: one org and one of its buckets. */
export interface OrgBucket {
  org: string;
  bucket: Bucket;
}

export const bucketNames = Object.keys(defaultPerMinute) as Bucket[];
