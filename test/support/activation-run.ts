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
    expect(await countsOf(fleet, creation)).toEqual({ eligible: people, done: referenced, failed, skipped });
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
  return (
    counts && { eligible: counts.eligible, done: counts.done, failed: counts.failed, skipped: counts.skipped }
  );
}

async function secondsOf({ portageUrl }: TestFleet, id: number): Promise<number> {
  const [row] = await rowsOf<{ seconds: number }>(
    portageUrl,
    `SELECT TIMESTAMPDIFF(SECOND, created_at, finished_at) AS seconds FROM migrations WHERE id = ${id}`,
  );
  return row?.seconds ?? 0;
}
