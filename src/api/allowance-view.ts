import { keptFree, type Terms } from '../allowances.ts';
import type { App } from '../app.ts';
import { crowdedReason, paceReason, type Spent } from '../domain/pace-reason.ts';
import type { Allowance } from '../limiter/limiter.ts';
import { readBound } from '../queue/bound.ts';
import type { Allowance as AllowanceView } from './allowance-schemas.ts';

/** An allowance as everybody is shown it. Rejects when Redis cannot be asked. */
export async function viewOfAllowance(app: App, allowance: Allowance): Promise<AllowanceView> {
  const { org, bucket } = allowance;
  const terms = termsOf(app, allowance);
  const [state, atOnce] = await Promise.all([app.limiter.state(allowance), readBound(app, allowance)]);
  return {
    org,
    bucket,
    summary: crowdedReason(paceReason(state, toReasons(terms)), atOnce).message,
    ...state,
    atOnce,
    configured: toConfigured(terms),
  };
}

/** How an allowance is spent, and what is configured of it. Rejects when Redis cannot be asked. */
export async function spendingOf(app: App, allowance: Allowance): Promise<Omit<Spent, 'needed'>> {
  const terms = termsOf(app, allowance);
  const state = await app.limiter.state(allowance);
  return { bucket: allowance.bucket, state, configured: toReasons(terms) };
}

const toReasons = (terms: Terms) => ({ perMinute: terms.perMinute, keepFree: keptFree(terms) });

function toConfigured({ override, ...terms }: Terms): AllowanceView['configured'] {
  return {
    ...terms,
    override: override && {
      keepFree: override.keepFree,
      expiresAt: override.expiresAt?.toISOString() ?? null,
      setBy: override.setBy,
      setAt: override.setAt.toISOString(),
    },
  };
}

function termsOf({ allowances }: App, allowance: Allowance): Terms {
  const terms = allowances.termsOf(allowance);
  if (!terms) throw new Error(`Bug: no allowance ${allowance.org} ${allowance.bucket} is configured`);
  return terms;
}
