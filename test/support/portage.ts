import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { COMPILED } from '../../demo/processes.ts';

const BINARY = fileURLToPath(new URL('../../bin/portage', import.meta.url));

export interface PortageRun {
  process: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has printed, and its exit code or the signal that has ended it. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; out: string; err: string }>;
}

/** Runs the binary as an operator does, with this configuration file and nothing else to know in its environment. */
export function portage(args: string[], file: unknown, env: Record<string, string> = {}): PortageRun {
  const folder = mkdtempSync(join(tmpdir(), 'portage-'));
  const path = join(folder, 'portage.config.json');
  writeFileSync(path, typeof file === 'string' ? file : JSON.stringify(file));
  const child = spawn(BINARY, args, {
    env: { PATH: process.env.PATH, PORTAGE_CONFIG: path, ...COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = async () => {
    const [out, err, [code, signal]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    ]);
    rmSync(folder, { recursive: true });
    return { code, signal, out, err };
  };
  return { process: child, ended: ended() };
}
