import { startWorker } from '../../src/workers/worker.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import {
  addPanelists,
  befall,
  counters,
  errorLog,
  failures,
  finished,
  references,
  start,
} from './support.ts';

let world: World;
let api: Api;
beforeEach(async () => {
  world = await createWorld();
  api = await world.api();
});
afterEach(() => world.close());

async function migrate(): Promise<number> {
  world.closeLater(startWorker(world.open()));
  const id = await start(api);
  await finished(api, id);
  return id;
}

test('a user whose creation was answered to nobody is adopted, not created again and not failed', async () => {
  await addPanelists(world, [1]);
  await befall(world, 1, { kind: 'reset', when: 'after' });

  const id = await migrate();

  const [fault] = await world.okta.control<{ fired: number }[]>('GET', 'faults');
  expect(fault?.fired).toBe(1);
  expect((await counters(world)).users).toBe(1);
  expect([await references(world), await failures(api, id)]).toEqual([[1], []]);
  expect(await errorLog(world)).toEqual([0, 400]); // no answer, then Okta's "exists"
});

test("somebody else's user of the same login is not adopted", async () => {
  await addPanelists(world, [1]);
  const { status } = await fetch(`${world.okta.url}/api/v1/users?activate=false`, {
    method: 'POST',
    headers: { authorization: `SSWS ${world.env.OKTA_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      profile: {
        login: 'person-1@example.com',
        email: 'person-1@example.com',
        firstName: 'A',
        lastName: 'B',
      },
    }),
  });
  expect(status).toBe(200);

  const id = await migrate();

  expect([await references(world), await failures(api, id)]).toEqual([[], [[1, 'okta_refused', 400]]]);
});

test('a reference that holds no Okta id is named, without a call', async () => {
  await addPanelists(world, [1]);
  await world.rows(
    "INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid) VALUES (7, 1, 'too short')",
  );

  const id = await migrate();

  expect(await failures(api, id)).toEqual([[1, 'reference_invalid', null]]);
  expect(await world.okta.control('GET', 'counters')).toMatchObject({ created: 0 });
});
