import { readFileSync } from 'node:fs';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Process } from '../../demo/processes.ts';
import { disagreements } from './accounts.ts';
import { expectComplete } from './complete.ts';
import type { Edits } from './edits.ts';
import { eventually } from './eventually.ts';
import type { TestFleet } from './fleet.ts';
import { controlOf } from './simulator.ts';

const INSTALLATION = 'musterpanel';
/** A run of these tests takes seconds; what it takes longer for is a fault that did not heal. */
const FINISHED_WITHIN_MS = 120_000;

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

/** People who have been carried over so far: all references of a person are written at once. */
export async function doneSoFar({ installationUrl }: TestFleet): Promise<number> {
  const connection = await createConnection({ uri: installationUrl });
  try {
    const [[row]] = await connection.query<(RowDataPacket & { done: number })[]>(
      `SELECT (SELECT COUNT(DISTINCT user_id) FROM iam_user_reference)
            + (SELECT COUNT(DISTINCT user_id) FROM iam_portal_user_reference) AS done`,
    );
    return Number(row?.done);
  } finally {
    connection.destroy();
  }
}

/** Resolves, to the number of people done, as soon as that share of them is. */
export function untilDone(fleet: TestFleet, share: number, deadlineMs?: number): Promise<number> {
  const enough = share * wantedUsers(fleet);
  const isDone = async () => {
    const done = await doneSoFar(fleet);
    return done >= enough && done;
  };
  return eventually(`${Math.round(share * 100)} % are done`, isDone, deadlineMs);
}

/** A worker that was killed, and the one that was started for it. */
export interface Replaced {
  name: string;
  /** Resolves once the other runs: for whom that takes too long, the run may be over by then. */
  runsAgain: () => Promise<void>;
}

/** SIGKILLs the worker that has done most, and has most in hand; starts another; resolves once the first is gone. */
export async function killWorker(fleet: TestFleet): Promise<Replaced> {
  const workers = fleet.processes.filter((each) => each.name.startsWith('worker') && !each.hasEnded());
  const done = ({ log }: Process) => readFileSync(log, 'utf8').split('"msg":"subject attempted"').length;
  const [victim] = workers.toSorted((a, b) => done(b) - done(a));
  if (!victim) throw new Error('no worker is left to be killed');
  victim.child.kill('SIGKILL');
  expect(await victim.ended).toBe('SIGKILL');
  const next = fleet.addWorker();
  return { name: victim.name, runsAgain: () => untilStarted(next) };
}

/** The same; resolves to the name of the killed one once the other runs. */
export async function replaceWorker(fleet: TestFleet): Promise<string> {
  const { name, runsAgain } = await killWorker(fleet);
  await runsAgain();
  return name;
}

/** SIGKILLs the API and starts it again; resolves to its name once it answers. */
export async function replaceApi(fleet: TestFleet): Promise<string> {
  const victim = fleet.processes.find((each) => each.name.startsWith('api') && !each.hasEnded());
  if (!victim) throw new Error('no API is left to be killed');
  victim.child.kill('SIGKILL');
  expect(await victim.ended).toBe('SIGKILL');
  await untilStarted(fleet.addApi());
  return victim.name;
}

async function untilStarted(process: Process): Promise<void> {
  await eventually(`${process.name} runs`, async () => {
    if (process.hasEnded()) throw new Error(`${process.name} ended before it ran`);
    return hasStarted(process);
  });
}

/** A process of Portage's has said that it runs. */
export function hasStarted({ log }: Process): boolean {
  return readFileSync(log, 'utf8').includes('"msg":"started"');
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
  expect(ended.toSorted()).toEqual(killed.toSorted());
}

export interface End {
  /** The processes that the test has ended. */
  killed?: string[];
  /** What the test has changed in EFS meanwhile. */
  edits?: Edits;
  withinMs?: number;
}

/** The migrations finish by themselves, and afterwards both ends agree to the row. */
export async function expectAgreement(fleet: TestFleet, ids: number[], end: End = {}): Promise<void> {
  const { killed = [], edits, withinMs = FINISHED_WITHIN_MS } = end;
  await Promise.all(ids.map((id) => fleet.finished(id, withinMs)));
  expect(await disagreements(fleet, edits)).toEqual([]);
  const ended = fleet.processes.filter((each) => each.hasEnded()).map(({ name }) => name);
  expect(ended.toSorted()).toEqual(killed.toSorted());
}

/** A line of what a long test has seen, as soon as it has. */
export function say(line: string): void {
  process.stdout.write(`      ${line}\n`);
}

/** Whom Portage has recorded as failed, and how many of them because Okta did not answer. */
export async function failures({ portageUrl }: TestFleet): Promise<{ people: number; unavailable: number }> {
  const connection = await createConnection({ uri: portageUrl });
  const [rows] = await connection.query<(RowDataPacket & { code: string })[]>('SELECT code FROM failures');
  await connection.end();
  return { people: rows.length, unavailable: rows.filter(({ code }) => code === 'okta_unavailable').length };
}

/** Whom Okta has by their marker, and EFS does not reference: panelists. */
export async function unreferenced({ oktaUrl, installationUrl }: TestFleet): Promise<Set<number>> {
  const users = await controlOf(oktaUrl).users();
  const connection = await createConnection({ uri: installationUrl });
  const [rows] = await connection.query<(RowDataPacket & { user_id: number })[]>(
    'SELECT DISTINCT user_id FROM iam_portal_user_reference',
  );
  await connection.end();
  const inOkta = users.map(({ profile }) => Number(String(profile.employeeNumber).split('/').at(-1)));
  return new Set(inOkta).difference(new Set(rows.map((row) => row.user_id)));
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
