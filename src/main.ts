import { Command } from 'commander';
import { allowanceCommands } from './cli/allowances.ts';

const program = new Command('portage').description(
  'Carries the users of EFS installations over to Okta.\n\nThe configuration is the JSON file that PORTAGE_CONFIG names, portage.config.json here by default.',
);

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

allowanceCommands(program);

await program.parseAsync();
