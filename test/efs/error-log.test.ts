import { pino } from 'pino';
import { scrub } from '../../src/domain/scrub.ts';
import { anOktaError } from '../support/factories.ts';
import { createEfs, subject, type TestEfs } from './support.ts';

let efs: TestEfs;
beforeAll(async () => {
  efs = await createEfs();
});
afterEach(() => efs.clear());
afterAll(() => efs.close());

interface Row {
  message: string;
  status_code: number;
  error_code: string;
}

const rows = () => efs.query<Row>('SELECT message, status_code, error_code FROM iam_error_log ORDER BY id');

function openLog() {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  return { errorLog: efs.open({}, log).errorLog, lines };
}

test('an error is written with what it was about, and with the id of the request', async () => {
  const { errorLog, lines } = openLog();
  await errorLog.append(
    'create-panelists',
    subject(7),
    anOktaError({ text: 'login: exists', requestId: 'reqA' }),
  );
  expect(await rows()).toEqual([
    { message: 'create-panelists 7: login: exists [request reqA]', status_code: 400, error_code: 'E0000001' },
  ]);
  expect(lines).toEqual([]);
});

test('no answer at all is written as status 0', async () => {
  const { errorLog } = openLog();
  const error = { status: 0, code: 'ECONNRESET', text: 'no answer: ECONNRESET', requestId: null };
  await errorLog.append('create-admins', subject(7), error);
  expect(await rows()).toEqual([
    {
      message: 'create-admins 7: no answer: ECONNRESET [request unknown]',
      status_code: 0,
      error_code: 'ECONNRESET',
    },
  ]);
});

test('a scrubbed text is written whatever Okta has quoted', async () => {
  const { errorLog, lines } = openLog();
  const text = scrub('firstName: 🎉\u0000 — ünïcode '.repeat(1_000), null);
  await errorLog.append('create-admins', subject(7), anOktaError({ text }));
  expect((await rows())[0]?.message).toContain('ünïcode');
  expect(lines).toEqual([]);
});

test.each([
  ['an emoji that nobody has scrubbed', { text: '🎉' }],
  ['a text too long for its column', { text: 'x'.repeat(100_000) }],
  ['a status that its column cannot hold', { status: 100_000 }],
])('%s costs a warning and never the job', async (_, values) => {
  const { errorLog, lines } = openLog();
  await errorLog.append('create-admins', subject(7), anOktaError(values));
  expect(lines).toHaveLength(1);
});

test('a code too long for its column is cut, and written', async () => {
  const { errorLog, lines } = openLog();
  await errorLog.append('create-admins', subject(7), anOktaError({ code: 'x'.repeat(100) }));
  expect(await rows()).toMatchObject([{ error_code: 'x'.repeat(36) }]);
  expect(lines).toEqual([]);
});

test('a table that is broken costs a warning, which quotes nothing of the error', async () => {
  const { errorLog, lines } = openLog();
  await efs.query('RENAME TABLE iam_error_log TO elsewhere');
  try {
    await errorLog.append('create-admins', subject(7), anOktaError({ text: 'quoted' }));
  } finally {
    await efs.query('RENAME TABLE elsewhere TO iam_error_log');
  }
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, subjectId: 7, code: 'ER_NO_SUCH_TABLE' });
  expect(lines[0]).not.toContain('quoted');
});
