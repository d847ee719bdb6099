import type { Queue } from 'bullmq';
import { createConnection } from 'mysql2/promise';
import type { App } from '../../src/app.ts';
import { SUBJECT_JOB } from '../../src/queue/queues.ts';
import { eventually } from '../support/eventually.ts';
import type { Api, World } from '../support/world.ts';

const DEADLINE_MS = 90_000;

/** Panelists of these ids, who can be migrated; all of them are in portal 1. */
export async function addPanelists(world: Pick<World, 'efs' | 'rows'>, ids: number[]): Promise<void> {
  await world.rows(world.efs.panelist, [ids.map((id) => [id, mailOf(id), `Vor${id}`, `Nach${id}`, 1])]);
  await world.rows(world.efs.member, [ids.map((id) => [1, id])]);
}
export const mailOf = (id: number) => `person-${id}@example.com`;

export async function start(api: Api): Promise<number> {
  const { status, body } = await api.post({ installation: 'werk', operation: 'create-panelists' });
  if (status !== 202) throw new Error(JSON.stringify(body));
  return body.id;
}

export async function finished(api: Api, id: number) {
  const state = async () => (await api.get(`/v1/migrations/${id}`)).body.state === 'finished';
  await eventually(`migration ${id} finishes`, state, DEADLINE_MS);
}

/** Ids, codes and Okta's statuses. */
export async function failures(api: Api, id: number) {
  const { body } = await api.get(`/v1/migrations/${id}/failures`);
  return (body.failures as { subjectId: number; code: string; okta: { status: number } | null }[]).map(
    ({ subjectId, code, okta }) => [subjectId, code, okta?.status ?? null],
  );
}

/** Statuses, oldest first. */
export async function errorLog(world: World): Promise<number[]> {
  const rows = await world.rows<{ status_code: number }>('SELECT status_code FROM iam_error_log ORDER BY id');
  return rows.map(({ status_code }) => status_code);
}

export async function references(world: World): Promise<number[]> {
  const rows = await world.rows<{ user_id: number }>(
    'SELECT user_id FROM iam_portal_user_reference WHERE uuid IS NOT NULL ORDER BY user_id',
  );
  return rows.map(({ user_id }) => user_id);
}

/** What the simulated Okta has counted: calls and 429s of the users bucket, users that are there. */
export async function counters(world: World) {
  const { users, calls, throttled, statuses } = await world.okta.control<{
    users: number;
    calls: { byBucket: { users: number } };
    throttled: { byBucket: { users: number } };
    statuses: Record<string, number>;
  }>('GET', 'counters');
  return { users, calls: calls.byBucket.users, throttled: throttled.byBucket.users, statuses };
}

/** Orders that something befalls the next creations. */
export const befall = (world: World, times: number, fault: object) =>
  world.okta.control('POST', 'faults', { method: 'POST', path: '/api/v1/users', times, fault });

export function usersQueue({ queues }: App): Queue {
  const found = queues.subjects.get('acme.users');
  if (!found) throw new Error('no such queue');
  return found.queue;
}

/** A job whose next attempt comes when a test says so, and not before. */
export interface PatientJob {
  /** Resolves once the attempt before has ended. */
  waits(): Promise<void>;
  /** Begins the next attempt. */
  goesOn(): Promise<void>;
}

/** Offers a subject before a worker is started, which then leaves the job as it is: with a backoff that nobody waits out. */
export async function offerPatiently(
  queue: Queue,
  operation: string,
  migrationId: number,
  subjectId = 1,
): Promise<PatientJob> {
  const backoff = { type: 'fixed', delay: 3_600_000 };
  const opts = { ...SUBJECT_JOB, backoff, jobId: `m${migrationId}-s${subjectId}` };
  const job = await queue.add(operation, { migrationId, subjectId }, opts);
  return {
    async waits() {
      await eventually('the next attempt waits', async () => (await job.getState()) === 'delayed');
    },
    goesOn: () => job.promote(),
  };
}

/** Keeps everybody from writing references of the people in a table. */
export interface Writers {
  /** Resolves once so many are about to: they have had their answers of Okta. */
  wait(count?: number): Promise<void>;
  /** A statement that takes effect before theirs. */
  query(sql: string): Promise<void>;
  letGo(): Promise<void>;
}

export async function stopWriters(world: World, table: string): Promise<Writers> {
  const connection = await createConnection({ uri: world.env.EFS_URL as string });
  const query = async (sql: string) => void (await connection.query(sql));
  await query('BEGIN');
  await query(`SELECT nr FROM ${table} FOR UPDATE`);
  return {
    async wait(count = 1) {
      // Those who take a user over wait for one another first.
      const waiting =
        'SELECT COUNT(*) AS n FROM information_schema.processlist WHERE db = DATABASE() AND info';
      await eventually(`${count} are about to write`, async () => {
        const [[here], [there]] = await Promise.all([
          world.rows<{ n: number }>(`${waiting} LIKE '%FOR UPDATE'`),
          world.ownRows<{ n: number }>(`${waiting} LIKE 'SELECT GET_LOCK%'`),
        ]);
        return (here?.n ?? 0) + (there?.n ?? 0) === count;
      });
    },
    query,
    async letGo() {
      await query('COMMIT');
      await connection.end();
    },
  };
}

export const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
