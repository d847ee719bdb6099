import { drawnBy, kindsOfFaults, wreakHavoc } from '../support/chaos.ts';
import { expectAgreement, say } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import {
  type PrivateMysql,
  type PrivateServer,
  startPrivateMysql,
  startPrivateRedis,
} from '../support/private-servers.ts';

/** Each kind of fault comes in one of them; test/full/soak.test.ts draws a seed of its own. */
const SEEDS = [7, 9, 10];
/** Two fifths of the people are left when the last fault comes: a worker may be slow to start before it. */
const DOSE = { servers: 2, processes: 2, answers: 2, efs: 3, operators: 0, until: 0.6, aloud: false };

let mysql: PrivateMysql;
let redis: PrivateServer;
let fleet: TestFleet;
const open = async () => {
  [mysql, redis] = await Promise.all([startPrivateMysql(), startPrivateRedis()]);
  fleet = await createFleet({
    admins: 0,
    panelists: 300,
    onlinePortals: [1, 2, 3],
    workers: 3,
    perMinute: 1_800,
    windowSeconds: 2,
    redisUrl: redis.url,
    createDatabase: mysql.createDatabase,
    adjust: (file) => {
      const okta = { ...file.orgs.okta, probeSeconds: 1, requestTimeoutSeconds: 3 };
      return { ...file, orgs: { okta } } as typeof file;
    },
  });
};
afterEach(async () => {
  await fleet?.close();
  await Promise.all([mysql?.close(), redis?.close()]);
});

test('the seeds draw every kind of fault', () => {
  const drawn = SEEDS.flatMap((seed) => drawnBy(seed, DOSE));
  expect(new Set(drawn)).toEqual(new Set(kindsOfFaults(DOSE)));
});

test.each(SEEDS)(
  'whatever goes wrong, everybody is carried over or named: seed %d',
  async (seed) => {
    await open();
    const { ids, faults, ended, editor } = await wreakHavoc({ fleet, redis, mysql }, seed, DOSE);
    say(`seed ${seed}: ${faults.join('; ')}`);
    await expectAgreement(fleet, ids, { killed: ended, edits: editor.edits });
  },
  400_000,
);
