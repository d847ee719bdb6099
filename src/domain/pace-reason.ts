import type { AllowanceState } from '../limiter/limiter.ts';
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
export function crowdedReason(reason: PaceReason, atOnce: { jobs: number; most: number } | null): PaceReason {
  if (isShut(reason) || !atOnce || atOnce.jobs >= atOnce.most) return reason;
  const few = `${atOnce.jobs} of ${atOnce.most} jobs at once`;
  return { code: 'okta_crowded', message: `${reason.message}; ${few}: Okta has refused more` };
}

const isShut = ({ code }: PaceReason) => code === 'okta_429' || code === 'okta_used_up';

/** Never said to be open a moment before it is. */
const seconds = (ms: number) => duration(Math.ceil(ms / SECOND) * SECOND);
