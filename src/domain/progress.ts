import { MINUTE, SECOND } from '../time.ts';
import { type MailPace, mailTime } from './mail-time.ts';
import { type Counts, remainingOf, type Sample } from './migration.ts';
import { type Operation, operations } from './operations.ts';

const RATE_SPAN_MS = MINUTE;
/** gh-ost's rule: before one part in a hundred is done, a forecast says more than is known. */
const ETA_FROM_SHARE = 0.01;

/** Adds a sample and drops those that are older than the span of the rate. */
export function sampled(samples: Sample[], sample: Sample): Sample[] {
  return [...samples.filter(({ atMs }) => atMs > sample.atMs - RATE_SPAN_MS), sample];
}

/** People a minute over the samples' span; null until two of them are apart. */
export function ratePerMinute(samples: Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs - first.atMs < SECOND) return null;
  return Math.max(0, Math.round(((last.done - first.done) * MINUTE) / (last.atMs - first.atMs)));
}

/** Seconds until everybody is done at the present rate; null while that cannot be known. */
export function etaSeconds(counts: Counts, perMinute: number | null): number | null {
  const remaining = remainingOf(counts);
  if (remaining === 0) return 0;
  if (perMinute === null || perMinute <= 0 || counts.eligible - remaining < counts.eligible * ETA_FROM_SHARE)
    return null;
  return Math.ceil((remaining / perMinute) * 60);
}

/** How long a migration may take, before it has run. */
export interface Estimate {
  people: number;
  seconds: number;
  perMinute: number;
  /** `seen` in Okta's last answer, or only `configured`; `asked`: the pace of mails is slower than both. */
  source: 'seen' | 'configured' | 'asked';
  text: string;
}

export function estimate(
  people: number,
  perMinute: number,
  source: Exclude<Estimate['source'], 'asked'>,
): Estimate {
  const seconds = Math.ceil((people / perMinute) * 60);
  const where = source === 'seen' ? 'as last seen from Okta' : 'as configured';
  return {
    people,
    seconds,
    perMinute,
    source,
    text: `about ${duration(seconds * SECOND)} at ${perMinute} a minute, ${where}`,
  };
}

/** The same where so many mails go out at a pace of their own, if that is the slower one. */
export function slowedByMails(
  estimated: Estimate,
  mails: number,
  pace: Omit<MailPace, 'perMinute'>,
): Estimate {
  const lastMs = mailTime(Math.max(0, mails - 1), { ...pace, perMinute: Infinity });
  const seconds = lastMs / SECOND;
  if (seconds <= estimated.seconds) return estimated;
  return {
    people: estimated.people,
    seconds,
    perMinute: Math.max(1, Math.round((mails * 60) / seconds)),
    source: 'asked',
    text: `about ${duration(seconds * SECOND)} for ${mails} mails, at the pace asked for`,
  };
}

/** Calls of its bucket that a migration still makes, when all goes well; 0 while nobody has been counted. */
export const callsLeft = ({ operation, counts }: { operation: Operation; counts: Counts | null }): number =>
  counts ? remainingOf(counts) * (operations[operation].callsEach ?? 1) : 0;

/** Calls until `own` are through, of all who take turns with it. */
export const sharedWork = (own: number, others: number[]): number =>
  others.reduce((sum, other) => sum + Math.min(own, other), own);

/** `27 h 47 min`, `3 min 20 s`, `12 s`: rounded to the smaller unit that is shown. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(ms / MINUTE);
  if (seconds < 60 * 60) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

const two = (large: number, unit: string, small: number, smaller: string) =>
  small > 0 ? `${large} ${unit} ${small} ${smaller}` : `${large} ${unit}`;
