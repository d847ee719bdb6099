/** Whom or what a job of an operation is about. */
export type SubjectKind = 'admin' | 'panelist';

/** Okta's rate-limit buckets that Portage calls; create, list and lifecycle calls share `users`. */
export type Bucket = 'users' | 'user-read' | 'groups' | 'group' | 'api' | 'token';

/** What a migration can do, and the bucket that its calls spend. */
export const operations = {
  'create-admins': { subject: 'admin', bucket: 'users' },
  'create-panelists': { subject: 'panelist', bucket: 'users' },
} as const satisfies Record<string, { subject: SubjectKind; bucket: Bucket }>;

export type Operation = keyof typeof operations;

export const operationNames = Object.keys(operations) as Operation[];
