import { execFile } from 'node:child_process';
import type { SettingsCommandConfig } from '../config/config.ts';
import { SECOND } from '../time.ts';
import { type Settings, SettingsUnreadable } from './settings.ts';

/** Nothing that EFS reads out is longer. */
const MOST_OUTPUT = 1_000_000;
/** What a program needs to run at all. Of Portage's own environment it gets nothing else: that has passwords. */
const ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'TZ'];

/** Settings written by EFS' own program, and read by another or, without one, from `table`. */
export function createSettingsCommand(
  { write, read, timeoutMs }: SettingsCommandConfig,
  table: Settings,
  keys: readonly string[],
): Settings {
  const set: Settings['set'] = async (key, value) => {
    const ran = await run([...write, key, value], timeoutMs);
    return ran.kind === 'ended' ? { kind: 'written' } : { kind: 'failed', why: ran.why };
  };
  if (!read) return { ...table, set };

  const get: Settings['get'] = async (key) => {
    const ran = await run([...read, key], timeoutMs);
    if (ran.kind === 'failed') throw new SettingsUnreadable(ran.why);
    return ran.output.replace(/\r?\n$/, '') || null;
  };
  return {
    async list() {
      const settings = await Promise.all(
        [...new Set(keys)].sort().map(async (key) => ({ key, value: await get(key) })),
      );
      return settings.filter(({ value }) => value !== null);
    },
    get,
    set,
  };
}

type Ran = { kind: 'ended'; output: string } | { kind: 'failed'; why: string };

/** Runs a program without a shell. Its arguments and what it prints may be secret: `why` has neither. */
function run([program = '', ...args]: string[], timeoutMs: number): Promise<Ran> {
  const name = program.replace(/^.*\//, '');
  const env = Object.fromEntries(ENVIRONMENT.map((name) => [name, process.env[name]]));
  const options = { env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT } as const;
  return new Promise((resolve) => {
    execFile(program, args, options, (error, output) => {
      if (!error) return resolve({ kind: 'ended', output });
      const { code, killed } = error;
      const why = killed
        ? `did not end within ${timeoutMs / SECOND} s`
        : typeof code === 'number'
          ? `ended with code ${code}`
          : `could not be run (${code ?? error.signal})`;
      return resolve({ kind: 'failed', why: `${name} ${why}` });
    }).stdin?.end();
  });
}
