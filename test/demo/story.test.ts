import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { approve } from '../support/openapi/approve.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const OBSERVER = fileURLToPath(new URL('../support/openapi/observe.ts', import.meta.url));
const DEMO = ['demo/main.ts', '--keep', '--json', '--observer', OBSERVER];

/** What a demo says until it has summed up; then, before all ends, `look` has its turn. */
async function demonstrate(args: string[], look: (lines: string[]) => Promise<void>): Promise<string[]> {
  const demo = spawn(process.execPath, [...DEMO, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 240_000,
  });
  const ended = once(demo, 'exit');
  const lines: string[] = [];
  try {
    for await (const line of createInterface(demo.stdout)) {
      lines.push(line);
      if (line.startsWith('{')) break;
    }
    await look(lines);
  } finally {
    demo.kill('SIGINT');
  }
  expect(await ended).toEqual([0, null]);
  return lines;
}

/** The documents of Okta's are asked about every call that was made. */
async function approveTraffic(lines: string[]): Promise<void> {
  const [, url = ''] = /(http:\S+)\/__simulator/.exec(lines.join('\n')) ?? [];
  await approve(url);
}

test('the demo tells its story from the pre-flight to a person who was mailed', async () => {
  const args = ['--admins', '3', '--panelists', '3', '--latency-ms', '0'];
  const lines = await demonstrate(args, approveTraffic);
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
