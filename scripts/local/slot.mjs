import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { tryLock } from './lock.mjs';
import { endStranger, isRunning } from './processes.mjs';
import { say } from './say.mjs';

/** Takes the first free folder of .local/1, .local/2, ...: runs at the same time have servers and data of their own. */
export async function takeSlot(life, localDir) {
  for (let number = 1; ; number++) {
    const release = tryLock(join(localDir, `${number}.lock`));
    if (!release) continue;
    life.onClose(release);
    const dir = join(localDir, String(number));
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    await endLeftovers(dir);
    return dir;
  }
}

/** Ends what a run that was killed outright left running in this slot. */
async function endLeftovers(dir) {
  const files = readdirSync(dir).filter((name) => name.endsWith('.process'));
  await Promise.all(files.map((file) => endLeftover(dir, file)));
}

async function endLeftover(dir, file) {
  const startedMs = performance.now();
  const identity = readIdentity(join(dir, file));
  if (identity && isRunning(identity)) {
    await endStranger(identity);
    say(
      'leftovers',
      `ended ${basename(file, '.process')}, pid ${identity.pid}, of an earlier run`,
      startedMs,
    );
  }
  rmSync(join(dir, file), { force: true });
}

function readIdentity(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // the run was killed while it wrote
  }
}
