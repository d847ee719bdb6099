import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 90_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portage-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The bench's own process; resolves to what it printed and how it ended. */
function run(...argv: string[]): Promise<{ code: unknown; lines: string[]; errors: string }> {
  return new Promise((resolve) => {
    const args = ['bench/limiter/main.ts', ...argv];
    const options = { cwd: ROOT, timeout: DEADLINE_MS };
    execFile(process.execPath, args, options, (error, stdout, errors) => {
      resolve({ code: error?.code ?? 0, lines: stdout.trimEnd().split('\n'), errors });
    });
  });
}

interface Figures {
  maxInWindow: number;
  allowance: number;
  throttled: number;
  outsidersThrottled: number;
  utilisation: number;
  longestGapMs: number;
  redisCommandsPerCall: number;
}

test(
  'the bench drives each limiter and ends with one line of JSON',
  async () => {
    const svg = join(folder, 'chart.svg');
    const only = 'portage,bullmq-10-1s';
    const { code, lines, errors } = await run(
      '--fast',
      '--seconds=6',
      '--processes=2',
      `--only=${only}`,
      `--svg=${svg}`,
      '--json',
    );

    expect(errors).toBe('');
    const { limiters } = JSON.parse(lines.at(-1) ?? '') as { limiters: Record<string, Figures> };
    expect(Object.keys(limiters)).toEqual(['portage', 'bullmq-10-1s']);
    for (const figures of Object.values(limiters)) {
      expect(Object.keys(figures)).toEqual([
        'maxInWindow',
        'allowance',
        'throttled',
        'outsidersThrottled',
        'utilisation',
        'longestGapMs',
        'redisCommandsPerCall',
      ]);
      for (const figure of Object.values(figures)) expect(figure).toEqual(expect.any(Number));
      expect(figures.allowance).toBe(600);
      expect(figures.maxInWindow).toBeGreaterThan(60); // they have called
      expect(figures.utilisation).toBeGreaterThan(0.1);
      expect(figures.utilisation).toBeLessThanOrEqual(1);
      expect(figures.longestGapMs).toBeGreaterThan(0);
      expect(figures.redisCommandsPerCall).toBeGreaterThan(0);
    }
    const missed = lines.filter((line) => line.startsWith('portage misses'));
    expect(code).toBe(missed.length > 0 ? 1 : 0); // how fast this machine is is not what is tested
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg[^>]*>.*<path class="passed".*<\/svg>\n$/s);
  },
  DEADLINE_MS + 30_000, // its own deadline comes first
);

test('wrong options end it with code 2', async () => {
  const { code, errors } = await run('--only', 'nobody');
  expect(code).toBe(2);
  expect(errors).toMatch(/^--only: nobody is none of/);
});
