import { text } from 'node:stream/consumers';
import { Refusal } from './say.mjs';

/** Runs a command of the set-up to its end; what it prints is shown only when it fails. */
export async function command(life, name, file, args, options = {}) {
  const graceMs = 5 * 60_000; // a package manager is interrupted, but never killed in the middle
  const started = life.start(file, args, {
    ...options,
    stopWith: 'SIGINT',
    graceMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, { code, signal, error }] = await Promise.all([
    text(started.child.stdout),
    text(started.child.stderr),
    started.ended,
  ]);
  if (error) throw new Refusal(`${name} could not be started: ${error.message}`);
  if (code !== 0)
    throw new Refusal(
      `${out}${err}\n${name} failed (${signal ?? `exit code ${code}`}); its output is above.`,
    );
  return out;
}
