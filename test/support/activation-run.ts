import type { Case } from '../../demo/cases.ts';
import type { FailureCode } from '../../src/domain/outcome.ts';
import type { SkippedBy, SkipReason } from '../../src/domain/skip.ts';
import { expectOneMailEach, invented, mostlyGood, rowsOf, startMails, userCalls } from './activation.ts';
import { startMigrations } from './fault-run.ts';
import { createFleet, type TestFleet } from './fleet.ts';

export interface ActivationRun {
  people: number;
  perMinute: number;
  withinMs: number;
}

/** What a run has come to, for who reads along. */
export interface Ran {
  eligible: number;
  created: number;
  failed: number;
  skipped: number;
  callsPerCreated: number;
  callsPerActivated: number;
  seconds: { creation: number; activation: number };
}

/**
 * Creates the people of three portals and activates them, undisturbed: all numbers are read from the databases and the
 * simulator, and are exact.
 */
export async function runActivation({ people, perMinute, withinMs }: ActivationRun): Promise<Ran> {
  const fleet = await createFleet({
    admins: 0,
    panelists: invented(people),
    choose: mostlyGood(people),
    onlinePortals: [1, 2, 3],
    workers: 3,
    perMinute,
    readsPerMinute: perMinute,
    windowSeconds: 6,
    latencyMs: 20,
  });
  try {
    const { referenced, failed, skipped } = fleet.plan.panelist;
    expect([failed, skipped]).toEqual([0.02 * people, 0.02 * people]);
    const everybody = await rowsOf<{ n: number }>(
      fleet.installationUrl,
      'SELECT COUNT(*) AS n FROM panelists',
    );
    expect(everybody[0]?.n).toBe(people + skipped);

    const [creation = 0] = await startMigrations(fleet);
    await fleet.finished(creation, withinMs);
    const skippedBy = tally(fleet, REASONS);
    expect(await countsOf(fleet, creation)).toEqual({
      eligible: people,
      done: referenced,
      failed,
      skipped,
      skippedBy,
    });
    expect(await failedBy(fleet)).toEqual(tally(fleet, CODES));
    const created = await userCalls(fleet);
    const refused = await rowsOf<{ n: number }>(
      fleet.portageUrl,
      "SELECT COUNT(*) AS n FROM failures WHERE code = 'okta_refused'",
    );
    const callsPerCreated = (created - (refused[0]?.n ?? 0)) / referenced;

    const activation = await startMails(fleet, 'activate-panelists');
    await fleet.finished(activation, withinMs);
    const leftOut = failed + skipped; // whom Okta does not have, and whom the rules leave out
    expect(await countsOf(fleet, activation)).toEqual({
      eligible: referenced,
      done: referenced,
      failed: 0,
      skipped: leftOut,
      skippedBy: { ...skippedBy, not_in_okta: failed },
    });
    await expectOneMailEach(fleet);
    const callsPerActivated = ((await userCalls(fleet)) - created) / referenced;
    const [one, other] = await Promise.all([creation, activation].map((id) => secondsOf(fleet, id)));
    return {
      eligible: people,
      created: referenced,
      failed,
      skipped,
      callsPerCreated,
      callsPerActivated,
      seconds: { creation: one ?? 0, activation: other ?? 0 },
    };
  } finally {
    await fleet.close();
  }
}

async function countsOf({ portage }: TestFleet, id: number) {
  const { counts } = await portage.migration(id);
  if (!counts) return null;
  const { eligible, done, failed, skipped, skippedBy } = counts as typeof counts & { skippedBy: SkippedBy };
  return { eligible, done, failed, skipped, skippedBy };
}

/** What `mostlyGood` leaves out for, and what the others fail with. */
const REASONS: Partial<Record<Case, SkipReason>> = {
  'company-mail': 'mail_domain',
  deleted: 'status',
  'in-no-portal': 'no_portal',
};
const CODES: Partial<Record<Case, FailureCode>> = {
  'empty-mail': 'mail_missing',
  'null-mail': 'mail_missing',
  'invalid-mail': 'mail_invalid',
  'empty-first-name': 'okta_refused',
};

/** How many panelists there are of each, by how they were invented. */
function tally<K extends string>({ people }: TestFleet, of: Partial<Record<Case, K>>) {
  const by: Partial<Record<K, number>> = {};
  for (const panelist of people.panelists) {
    const name = of[panelist.case];
    if (name) by[name] = (by[name] ?? 0) + 1;
  }
  return by;
}

async function failedBy({ portageUrl }: TestFleet): Promise<Record<string, number>> {
  const sql = 'SELECT code, COUNT(*) AS n FROM failures GROUP BY code';
  const rows = await rowsOf<{ code: string; n: number }>(portageUrl, sql);
  return Object.fromEntries(rows.map(({ code, n }) => [code, n]));
}

async function secondsOf({ portageUrl }: TestFleet, id: number): Promise<number> {
  const [row] = await rowsOf<{ seconds: number }>(
    portageUrl,
    `SELECT TIMESTAMPDIFF(SECOND, created_at, finished_at) AS seconds FROM migrations WHERE id = ${id}`,
  );
  return row?.seconds ?? 0;
}
