import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './processes.mjs';
import { Refusal } from './say.mjs';

const READY_WITHIN_MS = 60_000;

/** Starts a server on a free port of the loopback interface and waits until it answers. */
export async function startServer(life, server) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const running = launch(life, server, port);
    // Ended before it is ready, a MariaDB hangs.
    running.ready = untilReady(running, () => server.isReady(port));
    const failure = await running.ready;
    if (!failure) return { port, pid: running.child.pid };
    // Someone else may have taken the port since we found it free.
    const log = tail(logOf(server));
    if (attempt < 3 && /address already in use/i.test(log)) continue;
    throw new Refusal(`${log}\n${basename(server.binary)} ${failure}; the end of ${logOf(server)} is above.`);
  }
}

function launch(life, server, port) {
  const log = openSync(logOf(server), 'w', 0o600);
  const record = join(server.slot, `${server.name}.process`);
  const stdio = ['ignore', log, log];
  try {
    return life.start(server.binary, server.args(port), { cwd: server.cwd, record, stdio });
  } finally {
    closeSync(log);
  }
}

/** Resolves to undefined once it is ready, else to what went wrong. */
async function untilReady(running, isReady) {
  let failure;
  void running.ended.then(({ error, code, signal }) => {
    failure = `ended at once (${error?.message ?? signal ?? `exit code ${code}`})`;
  });
  const deadlineMs = performance.now() + READY_WITHIN_MS;
  while (!failure && performance.now() < deadlineMs) {
    if (await isReady().catch(() => false)) return failure;
    await sleep(20);
  }
  return failure ?? `was not ready within ${READY_WITHIN_MS / 1000} s`;
}

const logOf = (server) => join(server.slot, `${server.name}.log`);
const tail = (file) => readFileSync(file, 'utf8').split('\n').slice(-20).join('\n');
