import type { Logger } from 'pino';
import type { InstallationConfig } from '../config/config.ts';
import { type Database, openDatabase } from '../db/pool.ts';
import type { PersonKind } from '../domain/operations.ts';
import { errorFields } from '../log.ts';
import { SECOND } from '../time.ts';
import { adminsSql } from './admins.ts';
import { createErrorLog, type ErrorLog } from './error-log.ts';
import { openSettings } from './open-settings.ts';
import { panelistsSql } from './panelists.ts';
import { createPortals, type Portals } from './portals.ts';
import type { Settings } from './settings.ts';
import { createSource, inOkta, type Source } from './source.ts';

/** One EFS installation, opened. */
export interface Installation {
  config: InstallationConfig;
  db: Database;
  /** The kinds of people that the configuration names. */
  sources: Partial<Record<PersonKind, Source>>;
  /** Only those of them whom Okta has; none of them is done. */
  inOkta: Partial<Record<PersonKind, Source>>;
  /** Null: the configuration does not say how they become apps. */
  portals: Portals | null;
  errorLog: ErrorLog;
  /** Null: not configured. */
  settings: Settings | null;
  /** Why the database cannot be read and written now, as a driver's code; null when it can. */
  fault(): Promise<string | null>;
}

export function openInstallation(config: InstallationConfig, connections: number, log: Logger): Installation {
  const db = openDatabase(config.databaseUrl, connections);
  const { admins, panelists, portals } = config;
  const sql = {
    ...(admins && { admin: adminsSql(admins) }),
    ...(panelists && { panelist: panelistsSql(panelists, config) }),
  };
  return {
    config,
    db,
    sources: {
      ...(sql.admin && { admin: createSource(db, sql.admin) }),
      ...(sql.panelist && { panelist: createSource(db, sql.panelist) }),
    },
    inOkta: {
      ...(sql.admin && { admin: createSource(db, inOkta(sql.admin)) }),
      ...(sql.panelist && { panelist: createSource(db, inOkta(sql.panelist)) }),
    },
    portals: portals?.app ? createPortals(db, portals, portals.app) : null,
    errorLog: createErrorLog(db, log),
    settings: config.settings && openSettings(db, config.settings),
    fault: () =>
      db.query({ sql: WRITE_NOTHING, timeout: 5 * SECOND }).then(
        () => null,
        (error) => errorFields(error).code ?? 'unknown',
      ),
  };
}

/** Fails on a server that can only be read, too. */
const WRITE_NOTHING =
  "INSERT INTO iam_error_log (message, status_code, error_code) SELECT '', 0, '' FROM DUAL WHERE FALSE";
