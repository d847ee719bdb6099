import { alone } from '../db/named-lock.ts';
import type { Database } from '../db/pool.ts';
import { beginChange, endChange } from '../db/settings-changes.ts';
import { isSecret } from '../domain/setting-keys.ts';
import type { Installation } from './installation.ts';
import type { Settings } from './settings.ts';

/** What is wanted, and by whom. */
export interface WantedChange {
  key: string;
  value: string;
  /** What was overridden. */
  confirmed?: string[];
  /** Name of the API key, or of what else has changed it. */
  by: string;
}

export type Changed =
  /** It has the value now; `changed` false: it had it before, and nothing was written. */
  | { kind: 'written'; changed: boolean }
  /** Could not be written; the value is what it was, unless the program was broken off. */
  | { kind: 'failed'; why: string }
  /** Was written, and another value is read. */
  | { kind: 'differs' };

/**
 * Changes a setting, one after the other, and reads it back. It is noted in Portage's database before, so that a
 * change whose end nobody saw is on record too. Throws when the setting cannot be read.
 */
export async function changeSetting(
  db: Database,
  { config, settings }: Pick<Installation, 'config'> & { settings: Settings },
  { key, value, confirmed = [], by }: WantedChange,
): Promise<Changed> {
  return alone(db, `settings ${config.name}`, async (connection) => {
    const old = await settings.get(key);
    if (old === value) return { kind: 'written', changed: false };
    const id = await beginChange(connection, {
      installation: config.name,
      setting: key,
      secret: isSecret(key, [old, value], config.settings?.secretKeys ?? []),
      wasSet: isSet(old),
      isSet: isSet(value),
      oldValue: old,
      newValue: value,
      confirmed,
      changedBy: by,
    });
    const changed = await write(settings, key, value);
    await endChange(connection, id, changed.kind);
    return changed;
  });
}

/** An empty text and none at all are the same to EFS' program. */
export const isSet = (value: string | null): boolean => value !== null && value !== '';

async function write(settings: Settings, key: string, value: string): Promise<Changed> {
  const written = await settings.set(key, value);
  if (written.kind === 'failed') return written;
  const now = await settings.get(key);
  return (now ?? '') === value ? { kind: 'written', changed: true } : { kind: 'differs' };
}
