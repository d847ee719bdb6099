import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { expectComplete } from './complete.ts';
import { eventually } from './eventually.ts';
import type { TestFleet } from './fleet.ts';

const INSTALLATION = 'musterpanel';
/** A run of these tests takes seconds; what it takes longer for is a fault that did not heal. */
const FINISHED_WITHIN_MS = 60_000;

/** Starts the migration of an installation's panelists; the admins' too, if there are any. */
export async function startMigrations(fleet: TestFleet): Promise<number[]> {
  const { admin } = fleet.plan;
  const admins = admin.referenced + admin.failed > 0 ? ['create-admins' as const] : [];
  const started = [...admins, 'create-panelists' as const].map((operation) =>
    fleet.portage.start(INSTALLATION, operation),
  );
  return (await Promise.all(started)).map(({ id }) => id);
}

/** How many of a plan's Okta users there are to be. */
export const wantedUsers = ({ plan: { admin, panelist } }: TestFleet) =>
  admin.referenced + panelist.referenced;

/** People who have been carried over so far: in Okta and referenced. */
export async function doneSoFar(fleet: TestFleet): Promise<number> {
  const { admins, panelists } = await fleet.ends();
  return admins.referenced + panelists.referenced;
}

/** Resolves, to the number of people done, as soon as that share of them is. */
export function untilDone(fleet: TestFleet, share: number): Promise<number> {
  const enough = share * wantedUsers(fleet);
  return eventually(`${Math.round(share * 100)} % are done`, async () => {
    const done = await doneSoFar(fleet);
    return done >= enough && done;
  });
}

/**
 * The migrations finish by themselves, everybody is where the plan says, and nobody failed who was not meant to.
 * `killed` are the processes that the test has ended.
 */
export async function expectHealed(fleet: TestFleet, ids: number[], killed: string[] = []): Promise<void> {
  await Promise.all(ids.map((id) => fleet.finished(id, FINISHED_WITHIN_MS)));
  await expectComplete(fleet);
  const { admin, panelist } = fleet.plan;
  expect(await failures(fleet)).toEqual({ people: admin.failed + panelist.failed, unavailable: 0 });
  const ended = fleet.processes.filter((each) => each.hasEnded()).map(({ name }) => name);
  expect(ended).toEqual(killed);
}

/** Whom Portage has recorded as failed, and how many of them because Okta did not answer. */
export async function failures({ portageUrl }: TestFleet): Promise<{ people: number; unavailable: number }> {
  const connection = await createConnection({ uri: portageUrl });
  const [rows] = await connection.query<(RowDataPacket & { code: string })[]>('SELECT code FROM failures');
  await connection.end();
  return { people: rows.length, unavailable: rows.filter(({ code }) => code === 'okta_unavailable').length };
}

/** A line of the workers' logs for each attempt. */
export interface Attempt {
  /** When it had ended, and how long it took. */
  time: number;
  ms: number;
  subjectId: number;
  /** Counts those that the job has spent. */
  attempt: number;
  outcome: string;
}

export function attemptsOf(fleet: TestFleet): Attempt[] {
  const lines = fleet.logs().split('\n');
  return lines
    .filter((line) => line.includes('"msg":"subject attempted"'))
    .map((line) => JSON.parse(line) as Attempt);
}
