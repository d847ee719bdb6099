import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createApiDouble } from '../cli/api-double.ts';
import { COMPILED } from '../../demo/processes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCS = join(ROOT, 'docs');

/** Every command that a page has somebody type to ask the API. */
const commands = readdirSync(DOCS)
  .filter((name) => name.endsWith('.md'))
  .flatMap((page) =>
    [...readFileSync(join(DOCS, page), 'utf8').matchAll(/^\$ (portage (?!check|api|worker).*)$/gm)].map(
      ([, command = '']): [string, string] => [page, command.replace(/ #.*/, '')],
    ),
  );

const wrongUsage = /^(error:|Usage:|.* (cannot be read|is no id|Say |Give ))/m;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portage-docs-'));
  for (const name of ['ids.txt', 'chosen.txt']) writeFileSync(join(folder, name), '1\n2\n');
  writeFileSync(join(folder, 'token.txt'), 'a-token\n');
  writeFileSync(join(folder, 'new-org.json'), '{"iam_user_group_id": "00g1"}');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('there are commands', () => expect(commands.length).toBeGreaterThan(20));

test.each(commands)('%s: %s is understood, and asks the API', async (_, command) => {
  const api = await createApiDouble({});
  const path = `${join(ROOT, 'bin')}:${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
  // What comes after it is the shell's.
  const child = spawn('sh', ['-c', command.replace(/ [|>] .*/, '')], {
    cwd: folder,
    env: { PATH: path, ...COMPILED, ...api.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [err] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(err).not.toMatch(wrongUsage);
  expect(api.asked.length).toBe(1); // and is told that there is nothing
  await api.close();
});
