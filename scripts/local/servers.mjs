import { join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { checkMysql, findMysql, startMysql } from './mysql.mjs';
import { checkRedis, findRedis, startRedis } from './redis.mjs';
import { Refusal } from './say.mjs';
import { takeSlot } from './slot.mjs';

const SERVERS = [
  { variable: 'REDIS_URL', debian: 'redis-server', find: findRedis, start: startRedis, check: checkRedis },
  {
    variable: 'DATABASE_URL',
    debian: 'mariadb-server',
    find: findMysql,
    start: startMysql,
    check: checkMysql,
  },
];

/** Redis and MySQL, from the environment or our own; resolves to the variables that name them and the slot taken. */
export async function provideServers(life, root) {
  const ours = SERVERS.filter(({ variable }) => !process.env[variable]);
  await installMissing(life, root, ours);
  const slot = ours.length > 0 ? await takeSlot(life, join(root, '.local')) : undefined;
  const urls = await all(
    SERVERS.map(async (server) => [
      server.variable,
      ours.includes(server)
        ? await server.start(life, slot)
        : await server.check(process.env[server.variable]),
    ]),
  );
  return { slot, env: Object.fromEntries(urls) };
}

/** Like Promise.all, but waits for all to settle: no start goes on behind the back of the shutdown. */
export async function all(promises) {
  const results = await Promise.allSettled(promises);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  return results.map(({ value }) => value);
}

async function installMissing(life, root, servers) {
  const missing = () => servers.filter(({ find }) => !find()).map(({ debian }) => debian);
  if (missing().length === 0) return;
  try {
    await aptInstall(life, root, missing(), () => missing().length === 0);
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(`${error.message}\n\n${howToHelp(missing())}`) : error;
  }
  if (missing().length > 0) throw new Refusal(howToHelp(missing()));
}

function howToHelp(packages) {
  return [
    `This needs Redis and MySQL (or MariaDB), and here is no server program of: ${packages.join(', ')}.`,
    `Either install the packages ${packages.join(' and ')} (the servers are then started privately),`,
    'or start them in containers and say where they are:',
    '  docker compose up -d redis mysql',
    '  export REDIS_URL=redis://127.0.0.1:6379',
    '  export DATABASE_URL=mysql://root:CHANGE_ME@127.0.0.1:3306/portage  # or your MYSQL_ROOT_PASSWORD',
  ].join('\n');
}
