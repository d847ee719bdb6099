import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How the program behaves: as it should, or it prints and fails, never ends, or writes something else. */
const scripts = {
  write: 'printf %s "$2" > "$folder/values/$1"',
  fail: 'echo "cannot set $1 to $2"; echo "$2" >&2; exit 7',
  hang: 'exec sleep 600',
  lie: 'printf %s "$2-or-so" > "$folder/values/$1"',
  read: 'if [ -f "$folder/values/$1" ]; then cat "$folder/values/$1"; echo; fi',
  environment: 'env > "$folder/values/$1"; printf %s "$2" >> "$folder/values/$1"',
};

/** EFS' own program for its settings, as far as it is known: called with a key and a value. */
export interface SettingsProgram {
  path(script: keyof typeof scripts): string;
  values(): Record<string, string>;
  remove(): void;
}

export function createSettingsProgram(): SettingsProgram {
  const folder = mkdtempSync(join(tmpdir(), 'portage-settings-'));
  const values = join(folder, 'values');
  mkdirSync(values);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\nfolder='${folder}'\n${script}\n`, { mode: 0o755 });
  }
  return {
    path: (script) => join(folder, script),
    values: () =>
      Object.fromEntries(readdirSync(values).map((key) => [key, readFileSync(join(values, key), 'utf8')])),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
