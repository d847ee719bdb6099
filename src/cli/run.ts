import closeWithGrace from 'close-with-grace';
import { type App, openApp } from '../app.ts';
import type { Config } from '../config/config.ts';
import { updateSchema } from '../db/schema.ts';
import { createLog, errorFields } from '../log.ts';
import { SECOND } from '../time.ts';

const SHUTDOWN_MS = 10 * SECOND;

/** A long-running command: starts on an open app and returns what ends it. */
export type Service = (app: App) => Promise<{ close(): Promise<void> }>;

/** Runs a service until SIGTERM or SIGINT; a second signal ends the process at once. Exit code 1 if it cannot start. */
export async function run(name: string, config: Config, service: Service, patient: boolean): Promise<void> {
  const log = createLog(name);
  try {
    await updateSchema(config.databaseUrl);
    const app = openApp(config, log, { patient });
    await app.allowances.refresh(); // before the first turn is taken
    closeInTheEnd(app, await service(app));
    log.info('started');
  } catch (error) {
    log.fatal(errorFields(error), 'could not start');
    process.exit(1);
  }
}

function closeInTheEnd(app: App, running: { close(): Promise<void> }): void {
  let closing = '';
  const onTimeout = () =>
    app.log.error({ closing, afterMs: SHUTDOWN_MS }, 'stopping hung; ended all the same');
  closeWithGrace({ delay: SHUTDOWN_MS, logger: false, onTimeout }, async ({ err, signal }) => {
    if (err) app.log.error(errorFields(err), 'ending after an error that nobody expected');
    app.log.info({ signal }, 'stopping');
    closing = 'what is in hand';
    await running.close();
    closing = 'connections';
    await app.close();
    app.log.info('stopped');
  });
}
