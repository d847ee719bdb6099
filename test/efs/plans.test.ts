import type { InstallationFile } from '../../src/config/schema.ts';
import type { Database } from '../../src/db/pool.ts';
import { reasonOf } from '../../src/efs/eligibility.ts';
import { panelistsSql } from '../../src/efs/panelists.ts';
import { createSource, type Source, type SourceSql } from '../../src/efs/source.ts';
import { createWorld, type World } from '../support/world.ts';
import { okta, subject } from './support.ts';

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

function panelistsOf({ efs }: World): SourceSql {
  const { panelists, membership, portals } = efs.source as Required<
    Pick<InstallationFile, 'panelists' | 'membership' | 'portals'>
  >;
  return panelistsSql(panelists, { membership, portals: { ...portals, app: null } });
}

/** How the statement would be carried out that `ask` sends. */
async function planOf(ask: (source: Source) => Promise<unknown>): Promise<Plan[]> {
  const sent: [sql: string, values: unknown[]][] = [];
  const db = { query: async (...statement: (typeof sent)[number]) => [[], sent.push(statement)] };
  await ask(createSource(db as unknown as Database, panelistsOf(world)));
  const [[sql, values]] = sent as [(typeof sent)[number]];
  return world.rows<Plan>(`EXPLAIN ${sql}`, values);
}

test('whose a user of Okta is costs a row', async () => {
  const plan = await planOf((source) => source.otherOf(okta(10), subject(9)));
  expect(plan).toEqual([expect.objectContaining({ table: 'iam_portal_user_reference', key: 'uuid' })]);
  expect(Number(plan[0]?.rows)).toBeLessThan(100);
});

test.each([{}, { portal: 1 }])('one person costs a few rows, not a portal of them: %j', async (selection) => {
  const source = panelistsOf(world);

  const plan = await world.rows<Plan>(
    `EXPLAIN SELECT ${reasonOf(source.skips(selection))}, ${source.referenced(selection)} FROM teilnehmer p WHERE p.nr = 10000`,
  );

  expect(plan.map(({ table }) => table)).toContain('r');
  expect(plan.filter(({ rows }) => Number(rows) > 100)).toEqual([]);
});
