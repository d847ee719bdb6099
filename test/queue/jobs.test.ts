import type { MigrationId, SubjectId } from '../../src/domain/ids.ts';
import {
  parseReconcileJob,
  parseSubjectJob,
  queueName,
  reconcileJobId,
  subjectJobId,
} from '../../src/queue/jobs.ts';

const job = (migration: number, subject: number) => ({
  migrationId: migration as MigrationId,
  subjectId: subject as SubjectId,
});

test("a subject's job has the same id each time, and no other subject's or migration's", () => {
  expect(subjectJobId(job(1, 23))).toBe(subjectJobId(job(1, 23)));
  expect(new Set([subjectJobId(job(1, 23)), subjectJobId(job(12, 3)), subjectJobId(job(2, 23))]).size).toBe(
    3,
  );
});

test('no id is one that BullMQ refuses: with a colon, or of digits alone', () => {
  const ids = [
    subjectJobId(job(1, 23)),
    reconcileJobId({ kind: 'top-up', org: 'acme', bucket: 'users' }),
    reconcileJobId({ kind: 'count', migrationId: 5 as MigrationId }),
    queueName({ org: 'acme', bucket: 'users' }),
  ];
  for (const id of ids) expect(id).toMatch(/^(?!\d+$)[^:]+$/);
});

test('each allowance has a queue and a top-up of its own', () => {
  const allowances = [
    { org: 'acme', bucket: 'users' },
    { org: 'acme', bucket: 'group' },
    { org: 'acme-users', bucket: 'users' },
  ] as const;
  expect(new Set(allowances.map(queueName)).size).toBe(3);
  expect(new Set(allowances.map((each) => reconcileJobId({ kind: 'top-up', ...each }))).size).toBe(3);
});

test("a subject's job is read as it was written", () => {
  expect(parseSubjectJob(JSON.parse(JSON.stringify(job(1, 23))))).toEqual(job(1, 23));
});

test.each([
  [{}],
  [null],
  ['m1-s2'],
  [{ migrationId: 1 }],
  [{ migrationId: '1', subjectId: 2 }],
  [{ migrationId: 1, subjectId: 1.5 }],
])('%j is not the data of a subject job', (data) => {
  expect(() => parseSubjectJob(data)).toThrow(/^Bug: /);
});

test.each([[{ kind: 'top-up', org: 'acme', bucket: 'users' }], [{ kind: 'count', migrationId: 5 }]])(
  'the reconcile job %j is read as it was written',
  (data) => {
    expect(parseReconcileJob(data)).toEqual(data);
  },
);

test.each([
  [{}],
  [{ kind: 'sweep' }],
  [{ kind: 'top-up', org: 'acme' }],
  [{ kind: 'count', migrationId: 'x' }],
])('%j is not the data of a reconcile job', (data) => {
  expect(() => parseReconcileJob(data)).toThrow(/^Bug: /);
});
