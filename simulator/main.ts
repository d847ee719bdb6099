import { parseOptions, USAGE } from './parse-options.ts';
import { startSimulator } from './server.ts';

const parsed = parseOptions(process.argv.slice(2));
if (parsed.kind === 'faulty') {
  process.stderr.write(`${[...parsed.faults, USAGE].join('\n')}\n`);
  process.exit(2);
}

const simulator = await startSimulator(parsed.options);
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.close());
}
process.stdout.write(`okta-simulator listening on ${simulator.url}\n`);
