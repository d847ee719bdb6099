import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import type { App } from '../../src/app.ts';
import { findMigration, insertMigration } from '../../src/db/migrations.ts';
import type { OrgBucket } from '../../src/domain/buckets.ts';
import type { MigrationId, SubjectId } from '../../src/domain/ids.ts';
import type { Migration } from '../../src/domain/migration.ts';
import type { Operation } from '../../src/domain/operations.ts';
import type { Selection } from '../../src/domain/selection.ts';
import { topUp } from '../../src/producers/top-up.ts';
import type { SubjectJob } from '../../src/queue/jobs.ts';
import { createDatabase, REDIS_URL } from '../support/databases.ts';
import { createTables } from '../support/efs.ts';
import { createWorld, type World, type WorldOptions } from '../support/world.ts';

export const users: OrgBucket = { org: 'acme', bucket: 'users' };

/** A world without workers: what is offered stays in the queue until a test takes it. */
export interface Producers {
  world: World;
  app: App;
  queue: ReturnType<typeof queueOf>;
  start(selection?: Selection, installation?: string, operation?: Operation): Promise<Migration>;
  read(id: MigrationId): Promise<Migration>;
  /** Runs the loop's job once. */
  topUp(): Promise<void>;
  /** `migration/subject` of every job that waits, in the order in which they are taken. */
  waiting(): Promise<string[]>;
  /** Panelists of these ids in portal 1, and their references to it. */
  panelists(...ids: number[]): Promise<void>;
  refer(...ids: number[]): Promise<void>;
  /** Takes the job that is next in the queue, as a worker does. */
  take(): Promise<TakenJob>;
  /** Takes every job out of the queue. */
  runDry(): Promise<void>;
  /** Deletes every key of this fleet's, as a Redis that has lost its data. */
  loseRedis(): Promise<void>;
  close(): Promise<void>;
}

export interface TakenJob {
  job: Job<SubjectJob>;
  complete: () => Promise<void>;
  /** For good. */
  fail: () => Promise<void>;
  /** To be tried again after a backoff that no test waits out. */
  retry: () => Promise<void>;
}

const SECOND_INSTALLATION = 'labor';

/** `second`: an installation more, on the same org, whose rows `world.rows` does not reach. */
export async function createProducers(
  options: WorldOptions = {},
  second?: (rows: (sql: string, values?: unknown[]) => Promise<unknown>) => Promise<void>,
): Promise<Producers> {
  const world = await createWorld(options);
  if (second) await addInstallation(world, second);
  const app = world.open();
  const queue = queueOf(app);
  const taker = new Worker<SubjectJob>(queue.name, null, {
    connection: app.redis,
    prefix: world.prefix,
    autorun: false,
  });
  world.closeLater(taker);
  const read = async (id: MigrationId) => {
    const migration = await findMigration(app.db, id);
    if (!migration) throw new Error(`no migration ${id}`);
    return migration;
  };
  return {
    world,
    app,
    queue,
    read,
    async start(selection = {}, installation = 'werk', operation = 'create-panelists') {
      const connection = await app.db.getConnection();
      const id = await insertMigration(connection, {
        installation,
        operation,
        selection,
        options: {},
        createdBy: null,
      });
      connection.release();
      return read(id);
    },
    topUp: () => topUp(app, users, 60_000), // a loaded machine gets as far
    async waiting() {
      const jobs = [...(await queue.getWaiting()), ...(await queue.getPrioritized())];
      return jobs.map(({ data }) => `${data.migrationId}/${data.subjectId}`);
    },
    async panelists(...ids) {
      await world.rows(world.efs.panelist, [ids.map((id) => [id, `p${id}@example.com`, 'Ada', 'Byron', 1])]);
      await world.rows(world.efs.member, [ids.map((id) => [1, id])]);
    },
    async refer(...ids) {
      await world.rows('INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES ?', [
        ids.map((id) => [1, id, `00u${String(id).padStart(17, '0')}`]),
      ]);
    },
    take: () => take(taker),
    runDry: () => queue.drain(true),
    loseRedis: () => loseKeys(world.prefix),
    async close() {
      await world.close();
      await loseKeys(world.prefix);
    },
  };
}

function queueOf({ queues }: App) {
  const { queue } = queues.subjects.get('acme.users') ?? {};
  if (!queue) throw new Error('no queue of acme and users');
  return queue;
}

async function addInstallation(
  world: World,
  fill: (rows: (sql: string, values?: unknown[]) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const database = await createDatabase('efs2');
  world.closeLater({ close: () => database.drop() });
  await createTables(database.url, world.efs);
  const installations = world.file.installations as Record<string, unknown>;
  installations[SECOND_INSTALLATION] = { ...world.file.installations.werk, database: { env: 'SECOND_URL' } };
  world.env.SECOND_URL = database.url;
  const connection = await createConnection({ uri: database.url });
  await fill((sql, values = []) => connection.query(sql, values));
  await connection.end();
}

async function take(taker: Worker<SubjectJob>): Promise<TakenJob> {
  const token = 'a-worker';
  const job = (await taker.getNextJob(token, { block: false })) as Job<SubjectJob> | undefined;
  if (!job) throw new Error('no job waits');
  return {
    job,
    complete: async () => void (await job.moveToCompleted(undefined, token, false)),
    fail: async () => void (await job.moveToFailed(new UnrecoverableError('refused'), token, false)),
    async retry() {
      job.opts.backoff = { type: 'fixed', delay: 3_600_000 };
      await job.moveToFailed(new Error('unreachable'), token, false);
    },
  };
}

export async function loseKeys(prefix: string): Promise<void> {
  const redis = new Redis(REDIS_URL);
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
    if ((keys as string[]).length > 0) await redis.del(keys as string[]);
  }
  await redis.quit();
}

export const subjects = (...ids: number[]) => ids as SubjectId[];
