import { loadConfig } from '../config/load.ts';
import { connectionFaults } from './connection-faults.ts';
import { printFaults } from './require-config.ts';

/** `portage check`: the exit code, 2 when there is a fault. */
export async function check(env: NodeJS.ProcessEnv, connect: boolean): Promise<number> {
  const loaded = loadConfig(env);
  const faults =
    loaded.kind === 'faulty' ? loaded.faults : connect ? await connectionFaults(loaded.config) : [];
  if (faults.length > 0) {
    printFaults(faults);
    return 2;
  }
  console.log(
    connect
      ? 'The configuration is valid, and everything that it names answers.'
      : 'The configuration is valid.',
  );
  return 0;
}
