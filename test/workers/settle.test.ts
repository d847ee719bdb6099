import type { Queue } from 'bullmq';
import { SUBJECT_JOB } from '../../src/queue/queues.ts';
import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import {
  addPanelists,
  befall,
  counters,
  errorLog,
  failures,
  finished,
  mailOf,
  range,
  references,
  start,
  stopWriters,
  usersQueue,
} from './support.ts';

interface Site {
  world: World;
  api: Api;
  /** Starts a worker; its queue. */
  work: () => Queue;
}

/** Each test has a world of its own: they mostly wait, and need not wait for one another. */
function scene(
  title: string,
  play: (site: Site) => Promise<void>,
  { windowSeconds = 2, latencyMs = 20 }: { windowSeconds?: number; latencyMs?: number } = {},
): void {
  test.concurrent(title, async () => {
    const world = await createWorld({ windowSeconds, latencyMs });
    const work = () => {
      const app = world.open();
      world.closeLater(startWorker(app));
      return usersQueue(app);
    };
    try {
      await play({ world, api: await world.api(), work });
    } finally {
      await world.close();
    }
  });
}

scene(
  'who is migrated costs one call and leaves a reference, no failure and no row in the log',
  async ({ world, api, work }) => {
    await addPanelists(world, [1]);
    work();
    const id = await start(api);
    await finished(api, id);
    expect(await counters(world)).toMatchObject({ users: 1, calls: 1, throttled: 0 });
    expect([await references(world), await failures(api, id), await errorLog(world)]).toEqual([[1], [], []]);
  },
);

scene('a panelist in two portals costs one call and gets two references', async ({ world, api, work }) => {
  await addPanelists(world, [1]);
  await world.rows(world.efs.member, [[[2, 1]]]);
  work();
  await finished(api, await start(api));
  expect(await counters(world)).toMatchObject({ users: 1, calls: 1 });
  expect(await references(world)).toEqual([1, 1]);
});

scene(
  'whom Okta refuses leaves one failure, one row in the log and a failed job',
  async ({ world, api, work }) => {
    await world.rows(world.efs.panelist, [[[1, mailOf(1), 'a name too long for Okta'.repeat(3), 'Body', 1]]]);
    await world.rows(world.efs.member, [[[1, 1]]]);
    const queue = work();
    const id = await start(api);
    await finished(api, id);
    expect(await failures(api, id)).toEqual([[1, 'okta_refused', 400]]);
    expect(await errorLog(world)).toEqual([400]);
    expect(await queue.getJobState(`m${id}-s1`)).toBe('failed');
    expect([await references(world), (await counters(world)).users]).toEqual([[], 0]);
  },
);

scene(
  'who has no mail address fails without a call and without a row in the log',
  async ({ world, api, work }) => {
    await world.rows(world.efs.panelist, [[[1, '', 'Mail', 'Less', 1]]]);
    await world.rows(world.efs.member, [[[1, 1]]]);
    const queue = work();
    const id = await start(api);
    await finished(api, id);
    expect(await failures(api, id)).toEqual([[1, 'mail_missing', null]]);
    expect([(await counters(world)).calls, await errorLog(world)]).toEqual([0, []]);
    expect(await queue.getJobState(`m${id}-s1`)).toBe('failed');
  },
);

scene('a 503, then success: one row in the log, no failure, one user', async ({ world, api, work }) => {
  await addPanelists(world, [1]);
  await befall(world, 1, { kind: 'status', status: 503 });
  work();
  const id = await start(api);
  await finished(api, id);
  expect([await errorLog(world), await failures(api, id)]).toEqual([[503], []]);
  expect([await references(world), (await counters(world)).users]).toEqual([[1], 1]);
});

scene(
  'an answer that is lost after its effect: the user is adopted, not doubled',
  async ({ world, api, work }) => {
    await addPanelists(world, [1]);
    await befall(world, 1, { kind: 'reset', when: 'after' });
    work();
    const id = await start(api);
    await finished(api, id);
    expect([(await errorLog(world))[0], await failures(api, id)]).toEqual([0, []]);
    expect([await references(world), (await counters(world)).users]).toEqual([[1], 1]);
  },
);

scene(
  'as many 503s as there are attempts: one failure, and a row in the log for each',
  async ({ world, api, work }) => {
    await addPanelists(world, [1]);
    await befall(world, SUBJECT_JOB.attempts, { kind: 'status', status: 503 });
    const queue = work();
    const id = await start(api);
    await eventually('every attempt is spent', async () => {
      for (const job of await queue.getDelayed()) await job.promote().catch(() => {}); // no backoff here
      return (await failures(api, id)).length > 0;
    });
    await finished(api, id);
    expect(await failures(api, id)).toEqual([[1, 'okta_unavailable', 503]]);
    expect(await errorLog(world)).toEqual(Array(SUBJECT_JOB.attempts).fill(503));
    expect(await counters(world)).toMatchObject({ users: 0, calls: SUBJECT_JOB.attempts });
  },
);

scene(
  'a burst of 429s is one closing: one row in the log, no failure, everybody migrated',
  async ({ world, api, work }) => {
    await addPanelists(world, range(30));
    await world.okta.control('POST', 'faults', {
      method: 'POST',
      path: '/api/v1/users',
      skip: 3,
      times: 1,
      fault: { kind: 'status', status: 429 },
    });
    work();
    const id = await start(api);
    await finished(api, id);
    expect((await counters(world)).throttled).toBeGreaterThan(1);
    expect([await errorLog(world), await failures(api, id)]).toEqual([[429], []]);
    expect([await references(world), (await counters(world)).users]).toEqual([range(30), 30]);
  },
  { windowSeconds: 6, latencyMs: 200 }, // others are under way when the first 429 comes, and end before it has passed
);

scene(
  'an admin who is deleted in EFS while Okta creates the user leaves a failure that names the user',
  async ({ world, api, work }) => {
    await world.rows(world.efs.admin, [[[1, mailOf(1), 'Ada', 'Min', null]]]);
    const writers = await stopWriters(world, 'verwalter');
    work();
    const { id } = (await api.post({ installation: 'werk', operation: 'create-admins' })).body;
    await writers.wait();
    await writers.query('DELETE FROM verwalter');
    await writers.letGo();
    await finished(api, id);
    const [user] = await world.okta.control<{ id: string }[]>('GET', 'users');
    const { body } = await api.get(`/v1/migrations/${id}/failures`);
    expect(body.failures).toMatchObject([{ subjectId: 1, code: 'left_in_okta', okta: null }]);
    expect(body.failures[0].message).toContain(user?.id);
    expect(await errorLog(world)).toEqual([]);
  },
);

scene('a job whose migration has finished does nothing', async ({ world, api, work }) => {
  await addPanelists(world, [1]);
  const id = await start(api);
  await world.ownRows("UPDATE migrations SET state = 'finished', finished_at = NOW()");
  const queue = work();
  const data = { migrationId: id, subjectId: 1 };
  await queue.add('create-panelists', data, { jobId: `m${id}-s1` });
  await eventually('the job is done', async () => (await queue.getJobState(`m${id}-s1`)) === 'completed');
  expect([(await counters(world)).calls, await references(world), await failures(api, id)]).toEqual([
    0,
    [],
    [],
  ]);
});

scene('a job of somebody who has failed before does nothing', async ({ world, api, work }) => {
  await addPanelists(world, [1]);
  const id = await start(api);
  await world.ownRows(
    "INSERT INTO failures (migration_id, subject_id, code, message) VALUES (?, 1, 'okta_refused', 'x')",
    [id],
  );
  const queue = work();
  await queue.add('create-panelists', { migrationId: id, subjectId: 1 }, { jobId: `m${id}-s1` });
  await eventually('the job is done', async () => (await queue.getJobState(`m${id}-s1`)) === 'completed');
  expect([(await counters(world)).calls, await references(world)]).toEqual([0, []]);
});

scene(
  'whose row can never be written is a failure in the end, and the migration finishes',
  async ({ world, api, work }) => {
    await addPanelists(world, [1, 2]);
    await world.rows(
      `CREATE TRIGGER never BEFORE INSERT ON iam_portal_user_reference FOR EACH ROW
         IF NEW.user_id = 1 THEN SIGNAL SQLSTATE '45000'; END IF`,
    );
    const queue = work();
    const id = await start(api);
    await eventually('every attempt is spent', async () => {
      for (const job of await queue.getDelayed()) await job.promote().catch(() => {}); // no backoff here
      return (await failures(api, id)).length > 0;
    });
    await finished(api, id);
    expect(await failures(api, id)).toEqual([[1, 'unexpected', null]]);
    expect([await references(world), (await counters(world)).users]).toEqual([[2], 2]);
    const { body } = await api.get(`/v1/migrations/${id}/failures`);
    expect(body.failures[0].message).toContain('ER_SIGNAL_EXCEPTION');
  },
);

scene(
  'who is carried over or deleted while waiting for a turn costs no call',
  async ({ world, api, work }) => {
    await addPanelists(world, [1, 2, 3]);
    await world.okta.control('POST', 'faults', {
      method: 'POST',
      path: '/api/v1/users',
      times: 1,
      fault: { kind: 'status', status: 429 },
    });
    const queue = work();
    const id = await start(api);
    await eventually('the bucket is shut', async () => (await counters(world)).throttled > 0);
    await eventually('everybody is in hand', async () => {
      for (const job of await queue.getDelayed()) await job.promote().catch(() => {});
      return (await queue.getActiveCount()) === 3;
    });
    const before = (await counters(world)).calls;
    await world.rows(
      "INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES (1, 1, '00u0123456789abcdefG')",
    );
    await world.rows('DELETE FROM zugang WHERE teilnehmer = 2');
    await world.rows('DELETE FROM teilnehmer WHERE nr = 2');
    await finished(api, id);
    expect((await counters(world)).calls - before).toBe(1);
    expect([await references(world), await failures(api, id)]).toEqual([[1, 3], []]);
  },
  { windowSeconds: 8 },
);
