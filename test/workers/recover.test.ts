import type { Queue } from 'bullmq';
import { startWorker } from '../../src/workers/worker.ts';
import { createWorld, type World } from '../support/world.ts';
import {
  addPanelists,
  befall,
  counters,
  failures,
  finished,
  mailOf,
  offerPatiently,
  references,
  usersQueue,
} from './support.ts';

interface Site {
  world: World;
  queue: Queue;
  /** Begins the next attempt, unless the job is lost, and waits for the migration's end. */
  finished: () => Promise<void>;
  failures: () => ReturnType<typeof failures>;
}

/** Okta has created person 1, no answer has come, and the next attempt is not made before the test says so. */
function scene(title: string, play: (site: Site) => Promise<void>, operation = 'create-panelists'): void {
  test.concurrent(title, async () => {
    const world = await createWorld({ windowSeconds: 3 }); // no turn is too late for the first attempt
    Object.assign(world.file.orgs.acme, { requestTimeoutSeconds: 8, probeSeconds: 1 });
    try {
      if (operation === 'create-admins')
        await world.rows(world.efs.admin, [[[1, mailOf(1), 'Ada', 'Min', null]]]);
      else await addPanelists(world, [1]);
      await befall(world, 1, { kind: 'reset', when: 'after' });
      const app = world.open();
      const queue = usersQueue(app);
      const api = await world.api();
      const { id } = (await api.post({ installation: 'werk', operation })).body;
      const job = await offerPatiently(queue, operation, id);
      world.closeLater(startWorker(app));
      await job.waits();
      expect([(await counters(world)).users, await references(world)]).toEqual([1, []]);
      await play({
        world,
        queue,
        async finished() {
          if ((await queue.getDelayedCount()) === 1) await job.goesOn();
          await finished(api, id);
        },
        failures: () => failures(api, id),
      });
      expect(await world.ownRows('SELECT 1 FROM creations')).toEqual([]);
    } finally {
      await world.close();
    }
  });
}

const oktaIds = async (world: World) =>
  (await world.okta.control<{ id: string }[]>('GET', 'users')).map(({ id }) => id);
const unassigned = (world: World) =>
  world.rows<{ user_id: number; uuid: Buffer; email: string }>(
    'SELECT user_id, uuid, email FROM iam_portal_user_group_unassignment_queue',
  );
const deletePanelist = async (world: World) => {
  await world.rows('DELETE FROM zugang');
  await world.rows('DELETE FROM teilnehmer');
};

scene(
  'who is deleted between two attempts is queued for unassignment',
  async ({ world, finished, failures }) => {
    await deletePanelist(world);
    await finished();
    const [oktaId = ''] = await oktaIds(world);
    expect(await unassigned(world)).toMatchObject([
      { user_id: 1, uuid: Buffer.from(oktaId), email: mailOf(1) },
    ]);
    expect([await references(world), await failures()]).toEqual([[], []]);
  },
);

for (const status of [429, 401]) {
  scene(
    `who is deleted and whom Okta answers the look for with ${status} is queued for unassignment`,
    async ({ world, finished }) => {
      const fault = { kind: 'status', status };
      await world.okta.control('POST', 'faults', { method: 'GET', path: '/api/v1/users/', times: 1, fault });
      await deletePanelist(world);
      await finished();
      expect((await counters(world)).statuses[status]).toBeGreaterThan(0);
      expect(await unassigned(world)).toHaveLength(1);
    },
  );
}

scene(
  'who is deleted and whose job is lost, too, is queued for unassignment',
  async ({ world, queue, finished }) => {
    await deletePanelist(world);
    await queue.obliterate({ force: true });
    await finished();
    expect(await unassigned(world)).toHaveLength(1);
  },
);

scene(
  'who leaves the only portal between two attempts is queued for unassignment',
  async ({ world, finished, failures }) => {
    await world.rows('DELETE FROM zugang');
    await finished();
    const [oktaId = ''] = await oktaIds(world);
    expect(await unassigned(world)).toMatchObject([{ user_id: 1, uuid: Buffer.from(oktaId) }]);
    expect([await references(world), await failures()]).toEqual([[], []]);
  },
);

scene(
  'an admin who is deleted between two attempts is named as left in Okta',
  async ({ world, finished, failures }) => {
    await world.rows('DELETE FROM verwalter');
    await finished();
    expect(await failures()).toEqual([[1, 'left_in_okta', null]]);
  },
  'create-admins',
);

scene(
  'who gets another mail between two attempts keeps the one user',
  async ({ world, finished, failures }) => {
    await world.rows("UPDATE teilnehmer SET post = 'renamed@example.com'");
    await finished();
    expect([await oktaIds(world), await references(world), await failures()]).toEqual([
      [expect.any(String)],
      [1],
      [],
    ]);
  },
);

scene('who is left out by a rule between two attempts is referenced', async ({ world, finished }) => {
  await world.rows('UPDATE teilnehmer SET zustand = 9');
  await finished();
  expect(await references(world)).toEqual([1]);
});

scene(
  'a user of whom Okta knows nothing in the end is asked for no more',
  async ({ world, finished, failures }) => {
    await world.ownRows(
      "UPDATE creations SET login = 'never-sent@example.com', noted_at = CURRENT_TIMESTAMP(3)",
    );
    const [oktaId] = await oktaIds(world);
    await deletePanelist(world);
    await finished();
    expect([await unassigned(world), await failures(), await oktaIds(world)]).toEqual([[], [], [oktaId]]);
  },
);

scene(
  'who is referenced with another user meanwhile has the first one queued for unassignment',
  async ({ world, finished, failures }) => {
    await world.rows(
      "INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES (1, 1, '00u00000000000000009')",
    );
    await finished();
    const [oktaId = ''] = await oktaIds(world);
    expect(await unassigned(world)).toMatchObject([{ user_id: 1, uuid: Buffer.from(oktaId) }]);
    expect([await references(world), await failures()]).toEqual([[1], []]);
  },
);
