import type { Logger } from 'pino';
import type { InstallationConfig } from '../config/config.ts';
import { type Database, openDatabase } from '../db/pool.ts';
import type { SubjectKind } from '../domain/operations.ts';
import { adminsSql } from './admins.ts';
import { createErrorLog, type ErrorLog } from './error-log.ts';
import { panelistsSql } from './panelists.ts';
import { createSource, type Source } from './source.ts';

/** One EFS installation, opened. */
export interface Installation {
  config: InstallationConfig;
  db: Database;
  /** The kinds of people that the configuration names. */
  sources: Partial<Record<SubjectKind, Source>>;
  errorLog: ErrorLog;
}

export function openInstallation(config: InstallationConfig, connections: number, log: Logger): Installation {
  const db = openDatabase(config.databaseUrl, connections);
  const { admins, panelists } = config;
  return {
    config,
    db,
    sources: {
      ...(admins && { admin: createSource(db, adminsSql(admins)) }),
      ...(panelists && { panelist: createSource(db, panelistsSql(panelists, config)) }),
    },
    errorLog: createErrorLog(db, log),
  };
}
