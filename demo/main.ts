import { constants } from 'node:os';
import { parseOptions, usage } from './options.ts';
import { runDemo } from './run-demo.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const parsed = parseOptions(argv);
  if (parsed.kind === 'help') {
    console.log(usage());
    return 0;
  }
  if (parsed.kind === 'faulty') {
    console.error([...parsed.faults, '', usage()].join('\n'));
    return 2;
  }
  const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = process.env;
  if (!redisUrl || !databaseUrl) {
    console.error('REDIS_URL and DATABASE_URL are not set; npm run demo starts both servers and sets them.');
    return 2;
  }
  const interruption = onInterruption();
  try {
    const agreed = await runDemo(parsed.options, { redisUrl, databaseUrl }, interruption.signal);
    return agreed ? 0 : 1;
  } catch (error) {
    if (interruption.signal.aborted) return interruption.exitCode();
    console.error(messageOf(error));
    return 1;
  }
}

/** The first signal ends the demo in order; it has a deadline for everything, so that further ones change nothing. */
function onInterruption() {
  const controller = new AbortController();
  let exitCode = 1;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) return;
      exitCode = 128 + constants.signals[name];
      controller.abort();
    });
  }
  process.stdout.on('error', () => controller.abort()); // whoever read it has gone
  return { signal: controller.signal, exitCode: () => exitCode };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return (error.message || error.name) + cause;
}
