import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { AUTHORIZED, createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld({ windowSeconds: 1 });
});
afterEach(() => world.close());

type Row = [mail: string, firstName: string];
const CREATE = { installation: 'werk', operation: 'create-panelists' };
const many = (n: number, row: (i: number) => Row) => Array.from({ length: n }, (_, i) => row(i));
const good = (i: number): Row => [`good${i}@example.com`, 'Ada'];
const nameless = (i: number): Row => [`nameless${i}@example.com`, ''];

/** Whether the pre-flight says that it would be held, and how it ends. */
async function foreseen(rows: Row[]): Promise<[examples: number[] | undefined, state: string]> {
  await world.rows(world.efs.panelist, [rows.map(([mail, name], i) => [i + 1, mail, name, 'Byron', 1])]);
  await world.rows(world.efs.member, [rows.map((_, i) => [1, i + 1])]);
  const api = await world.api();
  const url = '/v1/migrations?dryRun=true&sample=0';
  const said = await api.fastify.inject({ method: 'POST', url, headers: AUTHORIZED, payload: CREATE });
  const findings = said.json().findings as { code: string; severity: string; examples: number[] }[];
  const found = findings.find(({ code, severity }) => code === 'most_refused' && severity === 'error');
  const { id } = (await api.post(CREATE)).body;
  world.closeLater(startWorker(world.open()));
  const state = await eventually(
    'it ends or is held',
    async () => {
      const shown = (await api.get(`/v1/migrations/${id}`)).body;
      return shown.state !== 'running' && shown.state;
    },
    60_000,
  );
  return [found?.examples, state];
}

test('sixty in a row whom Okta refuses hold a migration, however many others there are: that is foreseen', async () => {
  const rows = [...many(10, good), ...many(60, nameless), ...many(65, (i) => good(i + 10))];
  expect(await foreseen(rows)).toEqual([[11, 12, 13, 14, 15, 16, 17, 18, 19, 20], 'held']);
}, 120_000);

test('people of one installation with one mail hold nothing, be they nearly all: that is foreseen', async () => {
  expect(await foreseen(many(60, () => ['one@example.com', 'Ada']))).toEqual([undefined, 'finished']);
}, 120_000);

test('a third refused, evenly spread, hold nothing: that is foreseen', async () => {
  const rows = many(100, (i) => (i % 3 === 0 ? nameless(i) : good(i)));
  expect(await foreseen(rows)).toEqual([undefined, 'finished']);
}, 120_000);

test('sixty in a row without a mail hold a migration, too: that is foreseen', async () => {
  expect(await foreseen(many(60, () => ['', 'Ada']))).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 'held']);
}, 120_000);
