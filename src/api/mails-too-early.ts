import type { App } from '../app.ts';
import { isMailing } from '../domain/operations.ts';
import { MODULE_ACTIVE } from '../domain/setting-keys.ts';
import { type Settings, SettingsUnreadable } from '../efs/settings.ts';
import { type Problem, problemOf } from './problem.ts';
import type { NewMigration } from './schemas.ts';

type Mailing = Pick<NewMigration, 'installation' | 'operation' | 'options'>;

const AT_THE_START = 'Set it to 1 first, or confirm with options.confirm ["module-inactive"].';

/** Refuses mails to people who could not log in yet, unless that is confirmed; `cure` is what to do next. */
export async function mailsTooEarly(
  { installations }: App,
  { installation, operation, options }: Mailing,
  cure = AT_THE_START,
): Promise<Problem | null> {
  if (!isMailing(operation) || options?.confirm?.includes('module-inactive')) return null;
  const settings = installations.get(installation)?.settings ?? null;
  const state = settings ? await stateOf(settings) : 'is not known, since settings are not configured';
  if (state === null) return null;
  return problemOf(
    409,
    'module_inactive',
    `${MODULE_ACTIVE} ${state}: people would get a mail for a login that they cannot use yet. ${cure}`,
  );
}

/** Null when the module is active. */
async function stateOf(settings: Settings): Promise<string | null> {
  try {
    const value = await settings.get(MODULE_ACTIVE);
    if (value === '1') return null;
    return value === null ? 'is not set' : 'is not 1';
  } catch (error) {
    if (error instanceof SettingsUnreadable) return `is not known: ${error.message}`;
    throw error;
  }
}
