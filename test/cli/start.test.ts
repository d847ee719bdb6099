import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portage } from '../support/portage.ts';
import { type ApiDouble, createApiDouble } from './api-double.ts';
import { onTerminal } from './terminal.ts';

const START = 'POST /v1/migrations';
const PREFLIGHT = `${START}?dryRun=true`;
const SHOW = 'GET /v1/migrations/7';

const running = {
  id: 7,
  installation: 'werk',
  operation: 'create-panelists',
  selection: {},
  options: {},
  state: 'running',
  heldCause: null,
  createdAt: '2026-01-31T20:00:00.000Z',
  createdBy: 'support',
  finishedAt: null,
  counts: null,
  ratePerMinute: null,
  etaSeconds: null,
  wait: { code: 'pace', message: '600 calls a minute, as configured' },
};
const counts = (done: number, failed = 0) => ({
  eligible: 4,
  done,
  failed,
  remaining: 4 - done - failed,
  skipped: 1,
  skippedBy: { status: 1 },
  at: `2026-01-31T20:00:0${done}.000Z`,
});
const finished = {
  ...running,
  state: 'finished',
  finishedAt: '2026-01-31T20:01:00.000Z',
  counts: counts(4),
  wait: null,
};
const started = { ...running, estimate: { text: 'about 1 s at 600 a minute, as configured' } };
const found = (severity: string) => ({
  installation: 'werk',
  operation: 'create-panelists',
  selection: {},
  options: {},
  counts: { eligible: 4, done: 0, remaining: 4, skipped: 1, skippedBy: { status: 1 } },
  expected: { done: 2, failed: 2, failedBy: { mail_invalid: 2 } },
  calls: 2,
  mails: 0,
  findings: [
    {
      severity,
      code: 'mail_invalid',
      message: 'The mail address is not valid.',
      count: 2,
      examples: [3, 4],
    },
  ],
  allowance: null,
  forecast: { now: { text: 'about 1 s at 600 a minute, as configured' }, beside: null },
});

let api: ApiDouble;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portage-cli-'));
});
afterEach(async () => {
  await api?.close();
  rmSync(folder, { recursive: true });
});

/** The API that finds, starts and then shows these states. */
async function answering(states: object[], severity = 'warning') {
  api = await createApiDouble({
    [PREFLIGHT]: [{ body: found(severity) }],
    [START]: [{ status: 202, body: started }],
    [SHOW]: states.map((body) => ({ body })),
  });
}
const run = (...args: string[]) => portage(args, {}, api.env).ended;
const start = (...args: string[]) => run('start', 'create-panelists', '--installation', 'werk', ...args);
const asked = () => api.asked.map(({ what }) => what);
const lines = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
function write(text: string): string {
  const path = join(folder, 'ids.txt');
  writeFileSync(path, text);
  return path;
}

describe('start', () => {
  test('runs the pre-flight, then starts, and prints both, a line each', async () => {
    await answering([]);
    const { code, out, err } = await start('--yes');
    expect([code, err, lines(out)]).toEqual([0, '', [found('warning'), started]]);
    expect(asked()).toEqual([PREFLIGHT, START]);
  });

  test('asks both times for the same, with everything that was said', async () => {
    await answering([]);
    const ids = write('\uFEFF3, 1;2\n2\r\n');
    const limits = ['--older-than', '14', '--mails-per-minute', '60', '--mails-per-day', '5000'];
    const confirmed = ['--confirm', 'module-inactive', '--confirm', 'deactivate-removed'];
    await start('--yes', '--portal', '3', '--first', '100', '--ids', ids, ...limits, ...confirmed);
    const body = {
      installation: 'werk',
      operation: 'create-panelists',
      selection: { portal: 3, first: 100, ids: [3, 1, 2] },
      options: {
        olderThanDays: 14,
        mailsPerMinute: 60,
        mailsPerDay: 5_000,
        confirm: ['module-inactive', 'deactivate-removed'],
      },
    };
    expect(api.asked.map((each) => each.body)).toEqual([body, body]);
  });

  test('starts nothing when nobody is there to be asked', async () => {
    await answering([]);
    const { code, err } = await start();
    expect([code, asked()]).toEqual([2, [PREFLIGHT]]);
    expect(err).toMatch(/Say --yes/);
  });

  test('starts nothing when it is refused, or its pre-flight is', async () => {
    const refusal = { status: 409, body: { detail: 'Migration 6 is unfinished.', errors: [] } };
    for (const what of [PREFLIGHT, START]) {
      api = await createApiDouble({ [PREFLIGHT]: [{ body: found('info') }], [what]: [refusal] });
      const { code, err } = await start('--yes', '--follow');
      expect([code, err, asked().at(-1)]).toEqual([1, 'Migration 6 is unfinished.\n', what]);
      if (what === PREFLIGHT) await api.close();
    }
  });

  test.each([
    ['error', 1],
    ['warning', 0],
  ])(
    'with --dry-run, and as preflight, only tells; a finding of severity %s ends with code %i',
    async (severity, wanted) => {
      await answering([], severity);
      const results = [
        await start('--dry-run'),
        await run('preflight', 'create-panelists', '--installation', 'werk'),
      ];
      for (const { code, out } of results) expect([code, lines(out)]).toEqual([wanted, [found(severity)]]);
      expect(asked()).toEqual([PREFLIGHT, PREFLIGHT]);
    },
  );

  test('a pre-flight asks Okta for as many logins as are wanted', async () => {
    const sampled = `${PREFLIGHT}&sample=200`;
    api = await createApiDouble({ [sampled]: [{ body: found('info') }] });
    const { code } = await run('preflight', 'create-panelists', '--installation', 'werk', '--sample', '200');
    expect([code, asked()]).toEqual([0, [sampled]]);
  });

  test.each<[string, string[]]>([
    ['no operation that there is', ['start', 'create-nobody', '--installation', 'werk']],
    ['no installation', ['start', 'create-admins']],
    ['a number that is none', ['start', 'create-admins', '--installation', 'werk', '--first', '0']],
    [
      'a confirmation that nobody asks for',
      ['start', 'create-admins', '--installation', 'werk', '--confirm', 'all'],
    ],
    ['a file that is not there', ['start', 'create-admins', '--installation', 'werk', '--ids', '/nowhere']],
    [
      'more logins than are asked for',
      ['preflight', 'create-admins', '--installation', 'werk', '--sample', '201'],
    ],
    [
      'a portal twice',
      ['start', 'create-panelists', '--installation', 'werk', '--portal', '1', '--portal', '2'],
    ],
    [
      'an installation twice',
      ['start', 'create-admins', '--installation', 'werk', '--installation', 'labor'],
    ],
    ['an unknown option', ['status', '--loud']],
    ['nobody to follow', ['status', '--follow']],
    ['no command', ['settings']],
  ])('%s is wrong usage, and asks the API for nothing', async (_, args) => {
    await answering([]);
    const { code, out, err } = await run(...args);
    expect([code, out, asked()]).toEqual([2, '', []]);
    expect(err).not.toBe('');
  });

  test.each([
    ['what is no id', '1\n2x\n', 'has "2x", which is no id'],
    ['an id of 0', '0', 'has "0", which is no id'],
    ['none', ' \n', 'has no id'],
    ['too many', Array.from({ length: 10_001 }, (_, i) => i + 1).join('\n'), 'split it'],
  ])('a file with %s is wrong usage', async (_, content, wanted) => {
    await answering([]);
    const { code, err } = await start('--ids', write(content));
    expect([code, asked()]).toEqual([2, []]);
    expect(err).toContain(wanted);
  });
});

describe('following', () => {
  test('without a terminal prints a line for each change, until it has finished', async () => {
    const half = { ...running, counts: counts(2), ratePerMinute: 600, etaSeconds: 1 };
    await answering([running, half, half, finished]);
    const { code, out } = await start('--yes', '--follow');
    expect([code, lines(out)]).toEqual([0, [found('warning'), started, running, half, finished]]);
  });

  test.each<[string, object, number]>([
    ['has finished with somebody failed', { ...finished, counts: counts(3, 1) }, 1],
    ['is held until somebody resumes it', { ...running, state: 'held', heldCause: 'group' }, 4],
    ['is paused', { ...running, state: 'paused' }, 4],
  ])('one that %s ends with its own code', async (_, last, wanted) => {
    await answering([running, last]);
    const { code, out } = await run('status', '7', '--follow');
    expect([code, lines(out)]).toEqual([wanted, [running, last]]);
  });

  test('goes on through a hold that passes by itself, and an API that is away', async () => {
    const held = { ...running, state: 'held', heldCause: 'okta' };
    api = await createApiDouble({
      [SHOW]: [{ body: held }, { status: 503, body: { detail: 'Try again soon.' } }, { body: finished }],
    });
    const { code, out, err } = await run('status', '7', '--follow');
    expect([code, lines(out), err]).toEqual([0, [held, finished], '']);
  });

  test('an interruption ends only the following, and says how to go on with it', async () => {
    await answering([running]);
    const child = portage(['status', '7', '--follow'], {}, api.env);
    child.process.stdout.once('data', () => child.process.kill('SIGINT'));
    const { code, err } = await child.ended;
    expect([code, err]).toEqual([
      130,
      'Migration 7 goes on. To follow it again: portage status 7 --follow\n',
    ]);
  });
});

describe('on a terminal', () => {
  test('start shows the pre-flight, asks, and shows a bar that ends with the result', async () => {
    const half = { ...running, counts: counts(2), ratePerMinute: 600, etaSeconds: 1 };
    await answering([half, { ...finished, counts: counts(3, 1) }], 'error');
    const args = ['start', 'create-panelists', '--installation', 'werk', '--follow'];
    const { code, screen } = await onTerminal(args, api.env, { question: '[y/N]', answer: 'y\n' });
    expect(screen).toMatch(/Pre-flight of create-panelists of werk: nothing was written/);
    expect(screen).toMatch(
      /left out {2}1 \(1 status\)\r\n {2}would be {2}2 done, 2 failed \(2 mail_invalid\)/,
    );
    expect(screen).toMatch(/2 × mail_invalid: The mail address is not valid\. \[3, 4\]/);
    expect(screen).toMatch(/The pre-flight has found an error\. Start it\? \[y\/N\]/);
    expect(screen).toMatch(/█{12}░{12} {2}50 % {2}2 of 4 done, 2 remaining, 600\/min/);
    expect(screen).toMatch(/has finished: 3 people done, 1 failed, 1 left out\./);
    expect([code, asked().slice(0, 2)]).toEqual([1, [PREFLIGHT, START]]);
  });

  test.each(['n\n', '\n', '\u0003', '\u0004'])('%j instead of yes starts nothing', async (answer) => {
    await answering([]);
    const args = ['start', 'create-panelists', '--installation', 'werk'];
    const { code, screen } = await onTerminal(args, api.env, { question: '[y/N]', answer });
    expect([code, asked()]).toEqual([1, [PREFLIGHT]]);
    expect(screen).toMatch(/Nothing was started\./);
  });

  test('there are colours, and with NO_COLOR none', async () => {
    await answering([finished]);
    const control = '\u001b[';
    expect((await onTerminal(['status', '7'], api.env)).screen).toContain(control);
    expect((await onTerminal(['status', '7'], { ...api.env, NO_COLOR: '1' })).screen).not.toContain(control);
  });

  test('--json is as without a terminal', async () => {
    await answering([finished]);
    const { screen } = await onTerminal(['status', '7', '--json'], api.env);
    expect(lines(screen)).toEqual([finished]);
  });
});

test.each(['start', 'preflight', 'status', 'failures', 'skipped', 'retry', 'pause', 'resume'])(
  'the help of %s has examples and the exit codes',
  async (command) => {
    await answering([]);
    const { code, out } = await run(command, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Examples:\n  portage ${command}\\b`));
    expect(out).toMatch(/Exit codes:\n {2}0 {4}done/);
  },
);
