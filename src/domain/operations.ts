import type { Confirmation, OptionName } from './options.ts';

export type PersonKind = 'admin' | 'panelist';

/** Whom or what a job of an operation is about. */
export type SubjectKind = PersonKind | 'portal';

/** Okta's rate-limit buckets that Portage calls; create, list and lifecycle calls share `users`. */
export type Bucket = 'users' | 'user-read' | 'groups' | 'group' | 'apps' | 'app' | 'api' | 'token';

export interface OperationFacts {
  subject: SubjectKind;
  bucket: Bucket;
  /** Other buckets: one call of each for every subject, and those that only some subjects need. */
  also?: readonly Bucket[];
  atTimes?: readonly Bucket[];
  /** Calls of that bucket for each subject, when all goes well; one unless told. */
  callsEach?: number;
  /** Those that it knows, without `confirm`. */
  options?: readonly OptionName[];
  /** What its `confirm` may say; without them it knows no `confirm`. */
  confirmations?: readonly Confirmation[];
}

/** Who may be in Okta already is read, and put into the group. */
const creating = { bucket: 'users', atTimes: ['user-read', 'groups', 'api'] } as const;
/** Those that have Okta mail people. */
const mailing = {
  bucket: 'users',
  also: ['user-read'],
  options: ['mailsPerMinute', 'mailsPerDay'],
  confirmations: ['module-inactive'],
} as const;
const resending = { ...mailing, options: [...mailing.options, 'olderThanDays'] } as const;

const table = {
  'create-admins': { subject: 'admin', ...creating },
  'create-panelists': { subject: 'panelist', ...creating },
  'activate-admins': { subject: 'admin', ...mailing },
  'activate-panelists': { subject: 'panelist', ...mailing },
  'resend-to-admins': { subject: 'admin', ...resending },
  'resend-to-panelists': { subject: 'panelist', ...resending },
  'register-portals': { subject: 'portal', bucket: 'apps', atTimes: ['app'], callsEach: 2 }, // the app, and its group
  'update-portals': {
    subject: 'portal',
    bucket: 'app',
    atTimes: ['apps'],
    confirmations: ['deactivate-removed'],
  },
} as const satisfies Record<string, OperationFacts>;

export type Operation = keyof typeof table;

/** Whether Okta is sent people's profiles by it. */
export const isCreation = (operation: Operation): boolean => operation.startsWith('create-');

/** Whether people get their first mail by it. */
export const isActivation = (operation: Operation): boolean => operation.startsWith('activate-');

/** Whether people get mails by it. */
export const isMailing = (operation: Operation): boolean =>
  operations[operation].confirmations?.includes('module-inactive') ?? false;

/** What a migration can do: whom or what it is about, and the bucket that its calls spend. */
export const operations: Readonly<Record<Operation, OperationFacts>> = table;

export const operationNames = Object.keys(operations) as Operation[];
