import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('the demo tells its story from the pre-flight to a person who was mailed', async () => {
  const args = ['demo/main.ts', '--admins', '3', '--panelists', '3', '--latency-ms', '0', '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, timeout: 240_000 });
  const lines = stdout.trim().split('\n');
  const chapters = [
    'pre-flight create-panelists: 3 eligible',
    'settings   iam_module_active to 1 is refused (module_incomplete)',
    'portals    register-portals: 2 of 2 done',
    'people     create-panelists',
    'settings   iam_module_active is 1',
    'activation activate-panelists: 3 of 3 done',
    "mails      6 in Okta's outbox, to 6 people",
    'a person   panelist ',
    'Both ends agree',
  ];
  const places = chapters.map((start) => lines.findIndex((line) => line.startsWith(start)));
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    portals: { eligible: 2, done: 2, failed: 0 },
    activated: { admins: 3, panelists: 3 },
    mails: 6,
    admins: { referenced: 3 },
    panelists: { referenced: 3 },
  });
}, 250_000);
