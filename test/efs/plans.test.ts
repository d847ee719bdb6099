import type { InstallationFile } from '../../src/config/schema.ts';
import { reasonOf } from '../../src/efs/eligibility.ts';
import { panelistsSql } from '../../src/efs/panelists.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.rows(
    "INSERT INTO teilnehmer SELECT seq, CONCAT(seq, '@example.com'), 'V', 'N', 1 FROM seq_1_to_20000",
  );
  await world.rows('INSERT INTO zugang SELECT 1 + seq % 2, seq FROM seq_1_to_20000');
  await world.rows(
    `INSERT INTO iam_portal_user_reference (portal_id, user_id, uuid)
     SELECT 1 + seq % 2, seq, LPAD(seq, 20, '0') FROM seq_1_to_20000`,
  );
  await world.rows('ANALYZE TABLE teilnehmer, zugang, iam_portal_user_reference');
});
afterAll(() => world.close());

type Plan = { table: string; key: string; rows: string };

test.each([{}, { portal: 1 }])('one person costs a few rows, not a portal of them: %j', async (selection) => {
  const { panelists, membership, portals } = world.efs.source as Required<
    Pick<InstallationFile, 'panelists' | 'membership' | 'portals'>
  >;
  const source = panelistsSql(panelists, { membership, portals: { ...portals, app: null } });

  const plan = await world.rows<Plan>(
    `EXPLAIN SELECT ${reasonOf(source.skips(selection))}, ${source.referenced(selection)} FROM teilnehmer p WHERE p.nr = 10000`,
  );

  expect(plan.map(({ table }) => table)).toContain('r');
  expect(plan.filter(({ rows }) => Number(rows) > 100)).toEqual([]);
});
