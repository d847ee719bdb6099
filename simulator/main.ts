import { parseOptions, USAGE } from './parse-options.ts';
import { startSimulator } from './server.ts';
import { splitAt } from './split-at.ts';

/** Each `--` begins another org, with options of its own. */
const parsed = splitAt(process.argv.slice(2), '--').map((argv) => parseOptions(argv));
const faults = parsed.flatMap((each) => (each.kind === 'faulty' ? each.faults : []));
if (faults.length > 0) {
  process.stderr.write(`${[...faults, USAGE].join('\n')}\n`);
  process.exit(2);
}

for (const each of parsed) {
  if (each.kind === 'faulty') continue;
  const simulator = await startSimulator(each.options);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void simulator.close());
  }
  process.stdout.write(`okta-simulator listening on ${simulator.url}\n`);
}
