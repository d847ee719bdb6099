import type { SettingsConfig } from '../config/config.ts';
import type { Database } from '../db/pool.ts';
import { knownKeys } from '../domain/setting-keys.ts';
import type { Settings } from './settings.ts';
import { createSettingsCommand } from './settings-command.ts';
import { createSettingsTable } from './settings-table.ts';

export function openSettings(
  db: Database,
  { table, columns, command, secretKeys }: SettingsConfig,
): Settings {
  const inTable = createSettingsTable(db, table, columns);
  return command ? createSettingsCommand(command, inTable, [...knownKeys, ...secretKeys]) : inTable;
}
