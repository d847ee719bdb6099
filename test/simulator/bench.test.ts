import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const BENCH = fileURLToPath(new URL('../../simulator/bench.ts', import.meta.url));

test('the bench says how many users a second were created, and what memory they take', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    BENCH,
    '--users',
    '300',
    '--at-once',
    '10',
  ]);
  expect(stdout).toMatch(/^300 users in [\d.]+ s: \d+ creates a second, 10 at once\n/);
  expect(stdout).toMatch(/memory: \d+ MiB before, \d+ MiB after\n$/);
});
