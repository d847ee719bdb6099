import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

test('an installation of other names migrates by its configuration alone', async () => {
  await world.rows(world.efs.panelist, [
    [
      [1, "Änne.O'Brien@Example.com", 'Änne', "O'Brien", 1],
      [2, 'two@example.com', 'Bo 🎉', 'Two', 1],
      [3, 'deleted@example.com', 'Cy', 'Deleted', 9],
      [4, 'nowhere@example.com', 'Di', 'Nowhere', 1],
      [5, '', 'Ed', 'Mailless', 1],
      [6, 'boss@firma.example', 'Fi', 'Company', 1],
    ],
  ]);
  await world.rows(world.efs.member, [
    [
      [1, 1],
      [2, 1],
      [1, 2],
      [1, 3],
      [2, 5],
      [2, 6],
    ],
  ]);
  await world.rows(world.efs.admin, [
    [
      [1, 'admin@example.com', 'Ada', 'Min', null],
      [2, 'expired@example.com', 'Ex', 'Pired', '2020-01-01'],
    ],
  ]);
  const api = await world.api();
  world.closeLater(startWorker(world.open()));

  const finished = async (operation: string) => {
    const { status, body } = await api.post({ installation: 'werk', operation });
    expect(status).toBe(202);
    return eventually(`${operation} finishes`, async () => {
      const shown = await api.get(`/v1/migrations/${body.id}`);
      return shown.body.state === 'finished' && shown.body;
    });
  };
  const panelists = await finished('create-panelists');
  const admins = await finished('create-admins');

  expect(panelists.counts).toMatchObject({ eligible: 3, done: 2, failed: 1, skipped: 3, remaining: 0 });
  expect(admins.counts).toMatchObject({ eligible: 1, done: 1, failed: 0, skipped: 1, remaining: 0 });
  const users = await world.okta.control<{ id: string; login: string; status: string; groupIds: string[] }[]>(
    'GET',
    'users',
  );
  expect(users).toHaveLength(3);
  expect(new Set(users.map(({ login, status }) => `${login} ${status}`))).toEqual(
    new Set(['admin@example.com STAGED', 'two@example.com STAGED', "Änne.O'Brien@Example.com STAGED"]),
  );
  expect(users.every(({ groupIds }) => groupIds.includes(world.groupId))).toBe(true);
  const idOf = (login: string) => users.find((user) => user.login === login)?.id;
  const references = await world.rows<{ portal_id: number; user_id: number; uuid: Buffer }>(
    'SELECT portal_id, user_id, uuid FROM iam_portal_user_reference ORDER BY user_id, portal_id',
  );
  expect(references.map(({ portal_id, user_id, uuid }) => [user_id, portal_id, uuid.toString()])).toEqual([
    [1, 1, idOf("Änne.O'Brien@Example.com")],
    [1, 2, idOf("Änne.O'Brien@Example.com")],
    [2, 1, idOf('two@example.com')],
  ]);
});
