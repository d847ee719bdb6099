import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { CLIENT_ID, createKeys } from './oauth-support.ts';

const MAIN = fileURLToPath(new URL('../../simulator/main.ts', import.meta.url));

let folder: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-apps-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

async function start(apps: unknown) {
  const file = join(folder, 'apps.json');
  await writeFile(file, JSON.stringify(apps));
  const options = ['--port', '0', '--token', 't', '--service-apps', file, '--token-life-s', '5'];
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  return child;
}

test('service apps are read from a file', async () => {
  const { publicJwk } = await createKeys();
  const child = await start([
    { clientId: CLIENT_ID, jwks: { keys: [publicJwk] }, scopes: ['okta.users.read'] },
  ]);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(line.toString()).toContain('listening on');
});

test('a file with a faulty service app is refused', async () => {
  const child = await start([{ clientId: CLIENT_ID }]);
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(code).toBe(2);
  expect(complaint).toContain('--service-apps: is wrong');
});
