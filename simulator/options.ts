import type { Bucket, Edition } from './buckets.ts';
import type { Observer } from './observer.ts';
import type { ServiceApp } from './service-app.ts';

export const ACTIVATING_PROVISIONED = ['E0000016', 'E0000038'] as const;
export const DUPLICATE_GROUP = ['E0000001', 'E0000055'] as const;
export const RATE_LIMIT_HEADERS = ['tighter', 'token'] as const;

/** How one simulated org behaves; times in milliseconds, shares in percent. */
export interface Options {
  /** The address that it listens on. */
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Whose limits hold where nothing else is said. */
  readonly edition: Edition;
  /** Of the bucket of creation and activation; null is the edition's. */
  readonly usersPerMinute: number | null;
  /** Of other buckets, where it is not the edition's. */
  readonly perMinute: Readonly<Partial<Record<Bucket, number>>>;
  readonly windowMs: number;
  /** Of every token and OAuth client by itself. */
  readonly tokenSharePercent: number;
  /** Which of the two limits on a call the headers tell: whichever is tighter, or always the token's. */
  readonly rateLimitHeaders: (typeof RATE_LIMIT_HEADERS)[number];
  /** Calls in hand at once, of everybody; null is the edition's. */
  readonly concurrency: number | null;
  readonly tokenConcurrencyPercent: number;
  readonly latencyMs: number;
  /** How far the Date of every answer is off; Reset is told by the right clock. */
  readonly clockSkewMs: number;
  /** What activating a PROVISIONED user is answered: no source tells which of the two. */
  readonly activatingProvisioned: (typeof ACTIVATING_PROVISIONED)[number];
  /** What a second group of a name is answered: reported is the one, the catalogue of errors has the other too. */
  readonly duplicateGroup: (typeof DUPLICATE_GROUP)[number];
  /** Whether who has a slash in his login is fetched by it, which Okta does not. */
  readonly fetchesSlashLogins: boolean;
  /** How long a job runs that changes a status behind the answer. */
  readonly transitionMs: number;
  /** How far search, `filter` and `q` lag behind. */
  readonly searchLagMs: number;
  /** How much later a membership begins or ends. */
  readonly groupLagMs: number;
  /** Mails to one recipient; more are dropped. */
  readonly mailsPerMinute: number;
  /** Whether a second app of the same label is refused; which orgs do, Okta does not tell. */
  readonly uniqueAppLabels: boolean;
  /** Whether assigning a user to an app a second time is refused; Okta does not tell either. */
  readonly refuseRepeatedAssignment: boolean;
  /** How much later a group's members are assigned to its apps, or lose them. */
  readonly assignmentLagMs: number;
  /** How much later group rules place users. */
  readonly ruleLagMs: number;
  /** How much later an event can be read in the System Log. */
  readonly logLagMs: number;
  /** How many events come later still, and so out of order, and by how much. */
  readonly logLatePercent: number;
  readonly logLateMs: number;
  /** Who may ask for OAuth tokens from the start. */
  readonly serviceApps: readonly ServiceApp[];
  /** An hour at Okta, fixed. */
  readonly tokenLifeMs: number;
  readonly dpopNonceLifeMs: number;
  /** How many events are kept. */
  readonly logCapacity: number;
  /** Is shown every call. */
  readonly observe: Observer | null;
}

/** What has to be said; all the rest has a default. */
export type GivenOptions = Pick<Options, 'port' | 'token'> & Partial<Options>;

/** The limits are those of an Enterprise org; what would slow a caller down is out of the way. */
export const DEFAULTS: Omit<Options, 'port' | 'token'> = {
  host: '127.0.0.1',
  edition: 'enterprise',
  usersPerMinute: null,
  perMinute: {},
  windowMs: 60_000,
  tokenSharePercent: 100,
  rateLimitHeaders: 'tighter',
  concurrency: null,
  tokenConcurrencyPercent: 100,
  latencyMs: 0,
  clockSkewMs: 0,
  activatingProvisioned: 'E0000016',
  duplicateGroup: 'E0000001',
  fetchesSlashLogins: false,
  transitionMs: 0,
  searchLagMs: 0,
  groupLagMs: 0,
  mailsPerMinute: 30,
  uniqueAppLabels: false,
  refuseRepeatedAssignment: false,
  assignmentLagMs: 0,
  ruleLagMs: 0,
  logLagMs: 0,
  logLatePercent: 0,
  logLateMs: 5_000,
  serviceApps: [],
  tokenLifeMs: 60 * 60_000,
  dpopNonceLifeMs: 24 * 60 * 60_000,
  // About 900 bytes each: twice as many cost another 45 MB.
  logCapacity: 50_000,
  observe: null,
};

export function withDefaults(given: GivenOptions): Options {
  return { ...DEFAULTS, ...given };
}
