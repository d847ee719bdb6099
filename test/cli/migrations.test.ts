import { startWorker } from '../../src/workers/worker.ts';
import { portage } from '../support/portage.ts';
import { API_KEY, createWorld, type World } from '../support/world.ts';

let world: World;
let env: Record<string, string>;

beforeAll(async () => {
  world = await createWorld();
  await world.rows('INSERT INTO verwalter VALUES ?', [
    [
      [1, 'a@x.example', 'A', 'A', null],
      [2, 'no mail', 'B', 'B', null],
      [3, '', 'C', 'C', null],
      [4, 'd@x.example', 'D', 'D', '2001-01-01'],
      [5, 'e@firma.example', 'E', 'E', null],
    ],
  ]);
  const { fastify } = await world.api();
  env = {
    PORTAGE_API_URL: await fastify.listen({ host: '127.0.0.1', port: 0 }),
    PORTAGE_API_KEY: API_KEY,
  };
  world.closeLater(startWorker(world.open()));
});
afterAll(() => world.close());

const run = (...args: string[]) => portage(args, {}, env).ended;
const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('a migration is started, followed to its end, looked at, corrected and offered again', async () => {
  expect((await run('status', '--text')).out).toMatch(/^There is no migration/);

  const started = await run('start', 'create-admins', '--installation', 'werk', '--yes', '--follow');
  expect([started.code, started.err]).toEqual([1, '']);
  expect(lines(started.out).at(-1)).toMatchObject({
    state: 'finished',
    counts: { done: 1, failed: 2, skipped: 2 },
  });

  expect((await run('status', '--text')).out).toMatch(
    /^ID +INSTALLATION .*\n *1 +werk +create-admins +finished +3 +1 +2 +2/,
  );
  expect((await run('status', '1', '--text')).out).toMatch(
    /progress {2}1 of 3 done, 2 failed\n {2}left out {2}2 \(/,
  );

  const failed = await run('failures', '1');
  expect(lines(failed.out)).toMatchObject([
    { subjectId: 2, code: 'mail_invalid' },
    { subjectId: 3, code: 'mail_missing' },
  ]);
  expect(lines((await run('failures', '1', '--code', 'mail_missing')).out)).toMatchObject([{ subjectId: 3 }]);
  const misspelt = await run('failures', '1', '--code', 'mail-missing', '--text');
  expect(misspelt.out).toBe('Nobody has failed with mail-missing.\n');
  expect((await run('failures', '1', '--text')).out).toMatch(/1 mail_invalid, 1 mail_missing\n$/);

  const reasons = lines((await run('skipped', '1')).out);
  expect(reasons.map(({ count }: { count: number }) => count)).toEqual([1, 1]);
  const ids = await Promise.all(
    reasons.map(({ reason }) => run('skipped', '1', '--reason', reason, '--text')),
  );
  expect(ids.map(({ out }) => out).sort()).toEqual(['4\n', '5\n']);

  await world.rows("UPDATE verwalter SET post = 'c@x.example' WHERE nr = 3");
  const retried = await run('retry', '1', '--code', 'mail_missing', '--follow');
  expect(retried.code).toBe(1); // one has failed still
  expect(lines(retried.out)[0]).toMatchObject({ qualified: 1, migration: { id: 1 } });
  expect(lines(retried.out).at(-1)).toMatchObject({ state: 'finished', counts: { done: 2, failed: 1 } });
}, 180_000);

test('a migration is paused and resumed', async () => {
  await world.ownRows("UPDATE migrations SET state = 'held', held_reason = 'a reason', finished_at = NULL");
  const paused = await run('pause', '1', '--text');
  expect([paused.code, paused.out]).toEqual([0, expect.stringMatching(/paused/)]);
  expect(lines((await run('resume', '1')).out)).toMatchObject([{ id: 1, state: 'running' }]);
  const ended = await run('status', '1', '--follow');
  expect(lines(ended.out).at(-1)).toMatchObject({ state: 'finished' });
});

test('who would get a mail when comes as CSV', async () => {
  const { code, out, err } = await run('preflight', 'activate-admins', '--installation', 'werk', '--mails');
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^id,kind,planned,mail\r\n1,admin,\d{4}-[^,]+Z,a@x\.example\r\n/);
  expect(await run('preflight', 'activate-admins', '--installation', 'nobody', '--mails')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('/body/installation  is not configured'),
  });
});

test.each<[string, string[], string]>([
  ['a migration that is not there', ['status', '99'], 'There is no migration 99'],
  ['one that has finished is not resumed', ['resume', '1'], 'has finished'],
  ['one that has finished is not paused', ['pause', '1'], 'has finished'],
  [
    'a code that is said twice',
    ['retry', '1', '--code', 'mail_missing', '--code', 'mail_invalid'],
    'say it once',
  ],
  ['a reason that is none', ['skipped', '1', '--reason', 'sleep'], '/query/reason'],
])('%s: what is wrong is said', async (_, args, wanted) => {
  const { code, out, err } = await run(...args);
  expect(code).not.toBe(0);
  expect(out).toBe('');
  expect(err).toContain(wanted);
});
