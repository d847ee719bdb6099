import { pino } from 'pino';
import { type Allowances, createAllowances, keptFree } from '../src/allowances.ts';
import { toConfig } from '../src/config/load.ts';
import { deleteOverride, setOverride } from '../src/db/allowance-overrides.ts';
import { openDatabase } from '../src/db/pool.ts';
import type { KeepFree } from '../src/domain/keep-free.ts';
import { environment, minimal } from './config/support.ts';
import { createOwnDatabase, type OwnDatabase } from './db/support.ts';
import { createDoor } from './support/door.ts';
import { eventually } from './support/eventually.ts';

const users = { org: 'acme', bucket: 'users' } as const;
const silent = pino({ level: 'silent' });

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase();
});
afterAll(() => own.close());
afterEach(() => own.db.query('DELETE FROM allowance_overrides'));

function configOf(allowances: object, org: object = {}) {
  const file = minimal();
  const loaded = toConfig(
    { ...file, orgs: { acme: { ...file.orgs.acme, ...org, allowances } } },
    environment,
  );
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded.config;
}
const allowancesOf = (allowance: object = {}, org: object = {}) =>
  createAllowances(configOf({ users: allowance }, org), own.db, silent);
const set = (keepFree: KeepFree, expiresInMs: number | null = null) =>
  setOverride(own.db, { ...users, keepFree, setBy: 'support' }, expiresInMs);
const kept = (allowances: Allowances) => allowances.paceOf(users).keepFreePerWindow;

test('without an override the pace is that of the configuration', () => {
  const allowances = allowancesOf(
    { perMinute: 600, maxPerMinute: 1_200, keepFree: '30%' },
    { jitterMs: 250 },
  );
  expect(allowances.paceOf(users)).toEqual({
    perWindow: 600,
    mostPerWindow: 1_200,
    keepFreePerWindow: 180,
    windowMs: 60_000,
    jitterMs: 250,
  });
});

test('a short window holds its part of a minute', () => {
  const allowances = allowancesOf({ perMinute: 600, keepFree: 190 }, { windowSeconds: 2 });
  expect(allowances.paceOf(users)).toMatchObject({ perWindow: 20, mostPerWindow: 20, keepFreePerWindow: 7 });
});

test('a window too short for a call of a small bucket holds one all the same', () => {
  const allowances = allowancesOf({ perMinute: 10, keepFree: 9 }, { windowSeconds: 1 });
  expect(allowances.paceOf(users)).toMatchObject({ perWindow: 1, mostPerWindow: 1, keepFreePerWindow: 0 });
});

test.each<[KeepFree, number]>([
  [180, 180],
  ['30%', 180],
  [0, 0],
])(
  'an override of %s holds once it is read, and the configuration once it is taken away',
  async (keepFree, calls) => {
    const allowances = allowancesOf({ keepFree: 45 });
    await set(keepFree);
    expect(kept(allowances)).toBe(45);
    await allowances.refresh();
    expect(kept(allowances)).toBe(calls);
    await deleteOverride(own.db, users);
    await allowances.refresh();
    expect(kept(allowances)).toBe(45);
  },
);

test('an override is as it was set, by whom and until when', async () => {
  const allowances = allowancesOf();
  await set(7);
  await set('30%', 7_200_000); // in place of the other
  await allowances.refresh();
  const override = allowances.termsOf(users)?.override;
  expect(override).toEqual({
    ...users,
    keepFree: '30%',
    setBy: 'support',
    setAt: expect.any(Date),
    expiresAt: expect.any(Date),
  });
  expect(Number(override?.expiresAt) - Number(override?.setAt)).toBe(7_200_000);
});

test('an override is of one bucket of one org', async () => {
  const allowances = allowancesOf();
  await set(180);
  await allowances.refresh();
  expect(allowances.paceOf({ org: 'acme', bucket: 'group' }).keepFreePerWindow).toBe(0);
});

test('an override that has expired by the clock of MySQL is none, whatever the clock here says', async () => {
  const allowances = allowancesOf();
  await set(180, 60_000);
  await allowances.refresh();
  expect(kept(allowances)).toBe(180);
  await own.db.query('UPDATE allowance_overrides SET expires_at = CURRENT_TIMESTAMP(3)');
  await allowances.refresh();
  expect(kept(allowances)).toBe(0);
});

test('an override of more than a bucket that was made smaller leaves one call', async () => {
  const allowances = allowancesOf({ perMinute: 100 });
  await set(180);
  await allowances.refresh();
  expect(kept(allowances)).toBe(99);
});

test('an override of what is no longer configured harms nobody', async () => {
  const allowances = allowancesOf();
  await setOverride(own.db, { org: 'gone', bucket: 'users', keepFree: 5, setBy: 'support' }, null);
  await allowances.refresh();
  expect(allowances.termsOf({ org: 'gone', bucket: 'users' })).toBeUndefined();
});

test.each([
  ['akme', 'users'],
  ['acme', 'user'],
  ['constructor', 'users'],
  ['acme', 'toString'],
])('there is no allowance %s %s', (org, bucket) => {
  expect(allowancesOf().termsOf({ org, bucket })).toBeUndefined();
});

test('who follows sees a change without asking', async () => {
  const allowances = allowancesOf();
  allowances.follow();
  try {
    await set(180);
    await eventually('it is read', async () => kept(allowances) === 180);
  } finally {
    allowances.close();
  }
});

test('while MySQL is away the last known holds, and once it is back what was set meanwhile', async () => {
  const door = await createDoor(own.url);
  const db = openDatabase(door.url, 1);
  const allowances = createAllowances(configOf({}), db, silent);
  try {
    await set(180);
    await allowances.refresh();
    door.shut();
    await set(60);
    await expect(allowances.refresh()).rejects.toThrow();
    expect(kept(allowances)).toBe(180);
    door.open();
    await eventually('it is read', () =>
      allowances.refresh().then(
        () => kept(allowances) === 60,
        () => false,
      ),
    );
  } finally {
    allowances.close();
    await db.end();
    await door.close();
  }
});

test.each(['7.5', '100%', 'a third', '', '-1'])('the table refuses to keep %j free', async (keepFree) => {
  await expect(set(keepFree)).rejects.toThrow();
});

test('what is kept free in effect is what the override says, else the configuration', () => {
  const terms = { perMinute: 600, maxPerMinute: 600, keepFree: 45, override: null };
  const override = { ...users, keepFree: '10%', expiresAt: null, setBy: 'support', setAt: new Date() };
  expect([keptFree(terms), keptFree({ ...terms, override })]).toEqual([45, 60]);
});
