/**
 * node scripts/local.mjs <program> [args...]
 *
 * Runs a program of this project on a machine where nothing is set up: installs the packages, starts a private
 * Redis and MariaDB (or uses REDIS_URL and DATABASE_URL), runs the program on the Node that the project pins,
 * ends what it started, and exits with the program's code. Plain Node 20 has to be enough for this file.
 */
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Interrupted, openLife } from './local/life.mjs';
import { installPackages, pinnedNode } from './local/packages.mjs';
import { Refusal } from './local/say.mjs';
import { all, provideServers } from './local/servers.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

async function main(args) {
  if (args.length === 0) return refuse(new Refusal('Usage: node scripts/local.mjs <program> [args...]'));
  const life = openLife();
  try {
    const setup = all([installPackages(life, root), provideServers(life, root)]);
    const [, { slot, env }] = await Promise.race([setup, life.interrupted]);
    return await life.run(pinnedNode(root), args, {
      env: { ...process.env, ...env, PATH: [dirname(pinnedNode(root)), process.env.PATH].join(delimiter) },
      record: slot && join(slot, 'program.process'),
    });
  } catch (error) {
    return error instanceof Interrupted ? error.exitCode : refuse(error);
  } finally {
    await life.close();
  }
}

function refuse(error) {
  process.stderr.write(`${error instanceof Refusal ? error.message : error.stack}\n`);
  return 1;
}

process.exit(await main(process.argv.slice(2)));
