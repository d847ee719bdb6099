import { Command } from 'commander';
import { allowanceCommands } from './cli/allowances.ts';
import { EXIT } from './cli/exit-codes.ts';
import { migrationCommands } from './cli/migrations.ts';
import { settingCommands } from './cli/settings.ts';
import { startCommands } from './cli/start.ts';

const program = new Command('portage')
  .description(
    'Carries the users of EFS installations over to Okta.\n\nThe configuration is the JSON file that PORTAGE_CONFIG names, portage.config.json here by default. All commands but check, api and worker ask the API.',
  )
  .enablePositionalOptions() // a command and a command of it may have the same options
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT.usage));

program
  .command('check')
  .description('name every fault of the configuration; start nothing. Exit code 2 when there is one')
  .option('--connect', 'also try the databases, their tables, Redis and Okta')
  .action(async ({ connect }: { connect?: boolean }) => {
    const { check } = await import('./cli/check.ts');
    process.exitCode = await check(process.env, connect ?? false);
  });

program
  .command('api')
  .description('serve the API, its documentation at /docs and Bull Board at /queues')
  .action(async () => {
    const { requireConfig } = await import('./cli/require-config.ts');
    const config = requireConfig(process.env);
    const { run } = await import('./cli/run.ts');
    const { startApi } = await import('./api/server.ts');
    await run('api', config, startApi, false);
  });

program
  .command('worker')
  .description('take jobs and call Okta; run as many as wanted, on any host')
  .action(async () => {
    const { requireConfig } = await import('./cli/require-config.ts');
    const config = requireConfig(process.env);
    const { run } = await import('./cli/run.ts');
    const { startWorker } = await import('./workers/worker.ts');
    await run('worker', config, async (app) => startWorker(app), true);
  });

startCommands(program);
migrationCommands(program);
settingCommands(program);
allowanceCommands(program);

// Whoever read it has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

await program.parseAsync();
