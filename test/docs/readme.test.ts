import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toConfig } from '../../src/config/load.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

test('the example configuration is valid with the environment that the README exports', () => {
  const names = [...read('README.md').matchAll(/\b([A-Z][A-Z0-9_]+)=/g)].map(([, name]) => name ?? '');
  const env = Object.fromEntries(
    names.map((name) => [
      name,
      /REDIS/.test(name)
        ? 'redis://127.0.0.1'
        : /DATABASE/.test(name)
          ? `mysql://127.0.0.1/${name}`
          : 'secret',
    ]),
  );
  expect(toConfig(JSON.parse(read('portage.config.example.json')), env)).toMatchObject({ kind: 'valid' });
});

test.each(pages)('%s names only npm scripts, files and folders that exist', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(page).matchAll(/npm (?:run )?([a-z][a-z:-]*)/g)].map(([, script]) => script ?? '');
  expect(named.filter((script) => !(script in scripts) && !['ci', 'install'].includes(script))).toEqual([]);

  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) =>
    join(page, '..', target ?? ''),
  );
  for (const target of links) expect(() => readdirOrRead(target)).not.toThrow();

  const sources = [...read(page).matchAll(/`((?:src|simulator|demo|test|docs|bin)\/[\w./-]+)`/g)].map(
    ([, path]) => path ?? '',
  );
  for (const path of sources) expect(() => readdirOrRead(path)).not.toThrow();
});

function readdirOrRead(path: string): void {
  try {
    read(path);
  } catch {
    readdirSync(join(ROOT, path));
  }
}
