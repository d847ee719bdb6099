import { startWorker } from '../../src/workers/worker.ts';
import type { ListedUser } from '../support/simulator.ts';
import { createWorld, type World } from '../support/world.ts';
import { finished, start } from './support.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.rows('ALTER TABLE teilnehmer ADD COLUMN sprache VARCHAR(20), ADD COLUMN ort VARCHAR(200)');
  const { werk } = world.file.installations;
  Object.assign(werk, {
    panelists: {
      ...werk.panelists,
      profile: {
        locale: { column: 'sprache', transforms: ['trim', 'locale'], default: 'en_US' },
        city: { column: 'ort', transforms: ['trim'] },
        displayName: { concat: ['vorname', 'nachname'] },
        userType: { default: 'panelist' },
        lastName: { column: 'nachname', transforms: ['trim'] },
      },
    },
  });
});
afterEach(() => world.close());

async function people(...rows: unknown[][]) {
  await world.rows('INSERT INTO teilnehmer (nr, post, vorname, nachname, zustand, sprache, ort) VALUES ?', [
    rows,
  ]);
  await world.rows(world.efs.member, [rows.map(([id]) => [1, id])]);
}

test('people become users with what their columns are mapped to', async () => {
  await people(
    [1, 'one@example.com', 'Änne', ' One ', 1, 'de-AT ', ' Köln '],
    [2, 'two@example.com', 'Bo 🎉', 'Two', 1, null, ''],
  );
  const api = await world.api();
  world.closeLater(startWorker(world.open()));
  await finished(api, await start(api));

  const users = await world.okta.control<ListedUser[]>('GET', 'users');
  const of = (id: number) =>
    users.find(({ profile }) => profile.employeeNumber === `werk/panelist/${id}`)?.profile;
  expect(of(1)).toMatchObject({
    login: 'one@example.com',
    firstName: 'Änne',
    lastName: 'One',
    locale: 'de_AT',
    city: 'Köln',
    displayName: 'Änne  One ',
    userType: 'panelist',
  });
  expect(of(2)).toMatchObject({ locale: 'en_US', displayName: 'Bo 🎉 Two', userType: 'panelist' });
  expect(of(2)).not.toHaveProperty('city');
});
