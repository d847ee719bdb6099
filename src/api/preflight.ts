import type { App } from '../app.ts';
import { migrationsInState } from '../db/migrations.ts';
import { type Finding, sorted } from '../domain/finding.ts';
import { remainingOf } from '../domain/migration.ts';
import { callsLeft, type Estimate, estimate, sharedWork, slowedByMails } from '../domain/progress.ts';
import { errorFields } from '../log.ts';
import { preflight, type Wanted } from '../producers/preflight.ts';
import { allowanceOf } from '../producers/queries.ts';
import { REDIS_MS, within } from '../within.ts';
import type { Allowance as AllowanceView } from './allowance-schemas.ts';
import { viewOfAllowance } from './allowance-view.ts';
import { mailsTooEarly } from './mails-too-early.ts';
import type { Preflight as PreflightView } from './preflight-schemas.ts';
import { expectedPace } from './start-migration.ts';

/** What a migration would do and how long that may take, as everybody is shown it. Writes nothing. */
export async function preflightView(
  app: App,
  wanted: Wanted,
  sampled: number,
  signal: AbortSignal,
): Promise<PreflightView> {
  const { installation, operation, selection, options } = wanted;
  const { counts, expected, calls, mails, findings } = await preflight(app, wanted, sampled, signal);
  const allowance = await allowanceView(app, wanted);
  const tooEarly = await mailsTooEarly(app, wanted);
  const refused: Finding[] = tooEarly
    ? [{ severity: 'error', code: tooEarly.code, message: tooEarly.detail, examples: [] }]
    : [];
  const remaining = counts && remainingOf({ ...counts, failed: 0 });
  return {
    installation,
    operation,
    selection,
    options,
    counts: counts && { ...counts, remaining: remaining ?? 0 },
    expected,
    calls,
    mails,
    findings: sorted([...findings, ...refused, ...allowanceFindings(allowance)]),
    allowance,
    forecast: remaining === null ? null : await forecast(app, wanted, calls, remaining),
  };
}

async function allowanceView(app: App, wanted: Wanted): Promise<AllowanceView | null> {
  const allowance = allowanceOf(app, wanted);
  if (!allowance) return null;
  try {
    return await within(REDIS_MS, viewOfAllowance(app, allowance));
  } catch (error) {
    app.log.warn({ ...allowance, ...errorFields(error) }, 'the state of an allowance could not be read');
    return null;
  }
}

function allowanceFindings(allowance: AllowanceView | null): Finding[] {
  if (!allowance) return [];
  const { seenPerMinute, configured, bucket, closedForMs, summary } = allowance;
  const about = (severity: Finding['severity'], code: string, message: string): Finding[] => [
    { severity, code, message, examples: [] },
  ];
  if (closedForMs > 0) return about('warning', 'allowance_closed', `${bucket} is ${summary}.`);
  if (seenPerMinute === null || seenPerMinute >= configured.perMinute) return [];
  const message = `Okta allows this token ${seenPerMinute} of the ${configured.perMinute} calls a minute that are configured of ${bucket}. Raise the token's share in Okta, or go on at that pace.`;
  return about('info', 'token_share', message);
}

/** At the pace that is to be expected: alone, and with what else runs on the same allowance. */
async function forecast(
  app: App,
  wanted: Wanted,
  calls: number,
  people: number,
): Promise<{ now: Estimate; beside: (Estimate & { migrations: number[] }) | null }> {
  const { perMinute, source } = await expectedPace(app, wanted);
  const atMailPace = (estimated: Estimate) => ({
    ...slowedByMails(estimated, calls, wanted.options),
    people,
  });
  const now = atMailPace(estimate(calls, perMinute, source));
  const allowance = allowanceOf(app, wanted);
  const others = (await migrationsInState(app.db, 'running')).filter((each) => {
    const spends = allowanceOf(app, each);
    return spends?.org === allowance?.org && spends?.bucket === allowance?.bucket;
  });
  const busy = others.flatMap((each) => {
    const left = callsLeft(each);
    return left > 0 ? [{ id: each.id, left }] : [];
  });
  if (busy.length === 0) return { now, beside: null };
  const work = sharedWork(
    calls,
    busy.map(({ left }) => left),
  );
  const beside = atMailPace(estimate(work, perMinute, source));
  return { now, beside: { ...beside, migrations: busy.map(({ id }) => id) } };
}
