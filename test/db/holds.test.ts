import { countFailures, recordFailure } from '../../src/db/failures.ts';
import { claimProbes, holdForRefusals, holdMigrations, releaseMigrations } from '../../src/db/holds.ts';
import { findMigration } from '../../src/db/migrations.ts';
import { failureOf } from '../../src/domain/failure.ts';
import { databaseHold, holdOf } from '../../src/domain/hold.ts';
import type { SubjectId } from '../../src/domain/ids.ts';
import type { Migration } from '../../src/domain/migration.ts';
import type { Outcome, verdicts } from '../../src/domain/outcome.ts';
import { anOktaError } from '../support/factories.ts';
import { createOwnDatabase, type OwnDatabase } from './support.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await createOwnDatabase();
});
afterAll(() => own.close());

/** The kinds of outcomes of which a crowd holds a migration for refusals. */
type Doubted = {
  [K in Outcome['kind']]: (typeof verdicts)[K]['tally'] extends 'failed' ? K : never;
}[Outcome['kind']];

const error = anOktaError();
const doubted: { [K in Doubted]: Extract<Outcome, { kind: K }> } = {
  missing: { kind: 'missing', error },
  unusable: { kind: 'unusable', code: 'mail_missing' },
  refused: { kind: 'refused', error },
  outside: { kind: 'outside', error },
  taken: { kind: 'taken', owner: '00u1', error },
  unexpected: { kind: 'unexpected', what: 'Error' },
};

test('whoever counts towards a hold for refusals has not failed once it holds', async () => {
  const id = await own.insert();
  const migration = (await findMigration(own.db, id)) as Migration;
  const subjects = Object.keys(doubted).map((_, i) => (i + 1) as SubjectId);
  for (const [i, outcome] of Object.values(doubted).entries()) {
    const [failure, subject] = [failureOf(outcome), subjects[i]];
    if (!failure || !subject) throw new Error(`no failure: ${outcome.kind}`);
    expect(await recordFailure(own.db, migration, subject, failure)).toBe(true);
  }
  expect(await holdForRefusals(own.db, id, holdOf('refusals', error), subjects)).toBe(true);
  expect(await countFailures(own.db, id)).toBe(0);
});

test('what holds an org is probed once, by one of the fleet, and for all who are held for it', async () => {
  await own.clear();
  const installations = ['werk', 'labor'];
  for (const installation of installations) await own.insert({}, installation);
  await holdMigrations(own.db, installations, holdOf('okta', error), 0);
  const claims = await Promise.all([1, 2, 3].map(() => claimProbes(own.db, installations, 3_600_000)));
  expect(claims.flat()).toEqual([{ cause: 'okta', installations }]);
  expect(await releaseMigrations(own.db, { cause: 'okta', installations })).toBe(2);
});

test('a database is probed for its installation alone', async () => {
  await own.clear();
  for (const installation of ['werk', 'labor']) {
    await own.insert({}, installation);
    await holdMigrations(own.db, [installation], databaseHold('ETIMEDOUT'), 0);
  }
  const [werk, ...others] = await claimProbes(own.db, ['werk', 'labor'], 3_600_000);
  expect([werk?.installations.length, others.length]).toEqual([1, 1]);
  expect(werk && (await releaseMigrations(own.db, werk))).toBe(1);
});
