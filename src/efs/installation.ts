import type { Logger } from 'pino';
import type { InstallationConfig } from '../config/config.ts';
import { type Database, openDatabase, type Patience } from '../db/pool.ts';
import type { PersonKind } from '../domain/operations.ts';
import { MINUTE, SECOND } from '../time.ts';
import { adminsSql } from './admins.ts';
import { createErrorLog, type ErrorLog } from './error-log.ts';
import { createFaultFinder } from './fault.ts';
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
  close(): Promise<void>;
}

/** Of what is about one person or one page. Longer than InnoDB waits for a row: 50 s. */
const PATIENCE: Patience = { silenceMs: 1 * MINUTE, tableLockMs: 10 * SECOND };
/** Beside all others: who counts may be silent for minutes. */
const COUNTING_CONNECTIONS = 2;

export function openInstallation(
  config: InstallationConfig,
  connections: number,
  log: Logger,
  patience = PATIENCE,
): Installation {
  const db = openDatabase(config.databaseUrl, connections, patience);
  const counting = openDatabase(config.databaseUrl, COUNTING_CONNECTIONS);
  const { admins, panelists, portals } = config;
  const sql = {
    ...(admins && { admin: adminsSql(admins) }),
    ...(panelists && { panelist: panelistsSql(panelists, config) }),
  };
  const faults = createFaultFinder(config.databaseUrl, Object.values(sql));
  return {
    config,
    db,
    sources: {
      ...(sql.admin && { admin: createSource(db, sql.admin, counting) }),
      ...(sql.panelist && { panelist: createSource(db, sql.panelist, counting) }),
    },
    inOkta: {
      ...(sql.admin && { admin: createSource(db, inOkta(sql.admin), counting) }),
      ...(sql.panelist && { panelist: createSource(db, inOkta(sql.panelist), counting) }),
    },
    portals: portals?.app ? createPortals(db, portals, portals.app) : null,
    errorLog: createErrorLog(db, log),
    settings: config.settings && openSettings(db, config.settings),
    fault: () => faults.find(),
    async close() {
      await Promise.all([db.end(), counting.end(), faults.close()]);
    },
  };
}
