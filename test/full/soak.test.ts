import { wreakHavoc } from '../support/chaos.ts';
import { expectAgreement, say } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import {
  type PrivateMysql,
  type PrivateServer,
  startPrivateMysql,
  startPrivateRedis,
} from '../support/private-servers.ts';

const SEED = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 1e9));

let mysql: PrivateMysql;
let redis: PrivateServer;
let fleet: TestFleet;
beforeEach(async () => {
  [mysql, redis] = await Promise.all([startPrivateMysql(), startPrivateRedis()]);
  fleet = await createFleet({
    admins: 40,
    panelists: 3_000,
    onlinePortals: [1, 2, 3],
    workers: 3,
    perMinute: 1_800,
    windowSeconds: 2,
    latencyMs: 150,
    redisUrl: redis.url,
    createDatabase: mysql.createDatabase,
    adjust: (file) => {
      const okta = { ...file.orgs.okta, probeSeconds: 1, requestTimeoutSeconds: 3 };
      return { ...file, orgs: { okta } } as typeof file;
    },
  });
}, 60_000);
afterEach(async () => {
  await fleet?.close();
  await Promise.all([mysql?.close(), redis?.close()]);
});

test('everything goes wrong at once, and everybody is carried over or named', async () => {
  say(`SOAK_SEED=${SEED}`);
  const dose = { servers: 10, processes: 24, answers: 14, efs: 20, operators: 1, aloud: true };
  const { ids, faults, ended, editor } = await wreakHavoc({ fleet, redis, mysql }, SEED, dose);
  say(`${faults.length} faults; now it has to come to its end`);
  await expectAgreement(fleet, ids, { killed: ended, edits: editor.edits, withinMs: 240_000 });
}, 900_000);
