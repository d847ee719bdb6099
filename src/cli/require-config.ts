import type { Config, Fault } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';

/** The valid configuration; otherwise prints every fault and ends the process with code 2. */
export function requireConfig(env: NodeJS.ProcessEnv): Config {
  const loaded = loadConfig(env);
  if (loaded.kind === 'valid') return loaded.config;
  printFaults(loaded.faults);
  process.exit(2);
}

export function printFaults(faults: Fault[]): void {
  for (const { path, message } of faults) console.error(`${path || '/'}  ${message}`);
  console.error(
    `${faults.length === 1 ? '1 fault' : `${faults.length} faults`} in the configuration; nothing was started.`,
  );
}
