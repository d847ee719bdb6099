import type { AllowanceState } from '../limiter/limiter.ts';
import type { Bound } from '../queue/bound.ts';
import { SECOND } from '../time.ts';
import { duration } from './progress.ts';

/** Why an allowance is spent no faster: a stable code and a sentence for people. */
export interface PaceReason {
  code: 'okta_429' | 'okta_used_up' | 'okta_crowded' | 'others' | 'keep_free' | 'okta_ceiling' | 'pace';
  message: string;
}

/** What is configured of an allowance, in calls a minute. */
interface Configured {
  perMinute: number;
  keepFree: number;
}

type State = Pick<AllowanceState, 'pace' | 'window' | 'othersPerMinute' | 'seenPerMinute' | 'closedForMs'>;

/** A bucket that a migration spends; one that it needs `at-times` holds it only while nobody can call. */
export interface Spent {
  bucket: string;
  needed: 'always' | 'at-times';
  state: State;
  configured: Configured;
}

/** Why a migration that spends several buckets is no faster: the gravest reason, which names another bucket than its own. */
export function gravestReason(own: Spent, others: readonly Spent[]): PaceReason {
  const holding = others.filter(({ needed, state }) => needed === 'always' || state.pace.perMinute === 0);
  const gravest = holding.reduce((worst, each) => (isGraver(each.state, worst.state) ? each : worst), own);
  const reason = paceReason(gravest.state, gravest.configured);
  return gravest === own ? reason : { ...reason, message: `${gravest.bucket}: ${reason.message}` };
}

/** What opens later is graver; of what is open, what is slower. */
function isGraver(one: State, other: State): boolean {
  return opensInMs(one) === opensInMs(other)
    ? one.pace.perMinute < other.pace.perMinute
    : opensInMs(one) > opensInMs(other);
}

function opensInMs({ pace, closedForMs, window }: State): number {
  if (pace.cause === 'closed') return closedForMs;
  return pace.cause === 'used-up' ? (window?.endsInMs ?? 0) : 0;
}

export function paceReason(state: State, configured: Configured): PaceReason {
  const { perMinute, cause } = state.pace;
  const pace = `${perMinute} calls a minute`;
  switch (cause) {
    case 'closed':
      return { code: 'okta_429', message: `shut for ${seconds(state.closedForMs)}: Okta 429` };
    case 'used-up': {
      const opensIn = seconds(state.window?.endsInMs ?? 0);
      return { code: 'okta_used_up', message: `shut for ${opensIn}: Okta's window is used up` };
    }
    case 'others': {
      const theirs = Math.round(state.othersPerMinute ?? 0);
      return theirs > 0
        ? { code: 'others', message: `${pace}: others spend ${theirs}` }
        : { code: 'pace', message: `${pace}, what is left of Okta's window` };
    }
    case 'keep-free':
      return { code: 'keep_free', message: `${pace}: ${configured.keepFree} are kept free for others` };
    case 'okta':
      return perMinute < configured.perMinute
        ? { code: 'okta_ceiling', message: `${pace}: Okta allows this token no more` }
        : { code: 'pace', message: `${pace}, as Okta allows` };
    case 'maximum':
      return { code: 'pace', message: `${pace}, the configured maximum: Okta allows ${state.seenPerMinute}` };
    case 'configured':
      return { code: 'pace', message: `${pace}, as configured` };
  }
}

/** The same as long as Okta takes fewer jobs at once than are configured: they may not reach that pace. */
export function crowdedReason(reason: PaceReason, atOnce: Bound | null): PaceReason {
  if (isShut(reason) || atOnce?.cause !== 'crowded') return reason;
  const few = `${atOnce.jobs} of ${atOnce.most} jobs at once`;
  return { code: 'okta_crowded', message: `${reason.message}; ${few}: Okta has refused more` };
}

const isShut = ({ code }: PaceReason) => code === 'okta_429' || code === 'okta_used_up';

/** Never said to be open a moment before it is. */
const seconds = (ms: number) => duration(Math.ceil(ms / SECOND) * SECOND);
