/** How many users a second the simulator creates, and how much memory they take: node simulator/bench.ts --users 100000 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const SECOND = 1000;
const KIB_PER_MIB = 1024;
const TOKEN = 'bench';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    'at-once': { type: 'string', default: '50' },
  },
});
const users = Number(values.users);
const atOnce = Number(values['at-once']);

const simulator = spawn(process.execPath, [
  fileURLToPath(new URL('main.ts', import.meta.url)),
  '--port',
  '0',
  '--token',
  TOKEN,
  '--users-per-minute',
  '1000000000',
]);
const [line] = (await once(simulator.stdout, 'data')) as [Buffer];
const url = line.toString().trim().split(' ').at(-1) ?? '';
const agent = new Agent({ keepAlive: true, maxSockets: atOnce });

const before = rssMib();
const startedMs = performance.now();
let begun = 0;
await Promise.all(Array.from({ length: atOnce }, createInTurn));
const seconds = (performance.now() - startedMs) / SECOND;
process.stdout.write(
  `${users} users in ${seconds.toFixed(1)} s: ${Math.round(users / seconds)} creates a second, ${atOnce} at once\n` +
    `memory: ${before} MiB before, ${rssMib()} MiB after\n`,
);
agent.destroy();
simulator.kill();

async function createInTurn(): Promise<void> {
  while (begun < users) {
    begun += 1;
    await create(begun);
  }
}

/** A user as a migration creates one: staged, without a password. */
async function create(number: number): Promise<void> {
  const login = `panelist-${number}@example.com`;
  const profile = {
    login,
    email: login,
    firstName: 'Ada',
    lastName: 'Byron',
    employeeNumber: `werk/${number}`,
  };
  const call = request(`${url}/api/v1/users?activate=false`, {
    method: 'POST',
    agent,
    headers: { authorization: `SSWS ${TOKEN}`, 'content-type': 'application/json' },
  });
  call.end(JSON.stringify({ profile }));
  const [response] = (await once(call, 'response')) as [import('node:http').IncomingMessage];
  const body = await text(response);
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${body}`);
}

function rssMib(): number {
  return Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(simulator.pid)])) / KIB_PER_MIB);
}
