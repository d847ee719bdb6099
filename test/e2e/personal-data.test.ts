import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { REDIS_URL } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { leaksIn, personalData, redisText } from '../support/leaks.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await createFleet({ admins: 40, panelists: 340, workers: 2, perMinute: 1_800, windowSeconds: 2 });
});
afterAll(() => fleet.close());

/** The messages that Portage has written for people: its failures and EFS' error log. */
async function errorTexts(): Promise<string> {
  const read = async (url: string, sql: string) => {
    const connection = await createConnection({ uri: url });
    const [rows] = await connection.query<RowDataPacket[]>(sql);
    await connection.end();
    return JSON.stringify(rows);
  };
  const own = await read(fleet.portageUrl, 'SELECT * FROM failures');
  const efs = await read(fleet.installationUrl, 'SELECT message, trace, error_code FROM iam_error_log');
  return own + efs;
}

async function expectNoLeaks(): Promise<void> {
  const words = personalData(fleet.people);
  expect(leaksIn(await redisText(fleet.redisPrefix), words)).toEqual([]);
  expect(leaksIn(fleet.logs(), words)).toEqual([]);
  expect(leaksIn(await errorTexts(), words)).toEqual([]);
  const everything = (await redisText(fleet.redisPrefix)) + fleet.logs() + (await errorTexts());
  expect(fleet.secrets.filter((secret) => everything.includes(secret))).toEqual([]);
}

test('no mail, name or token stands in Redis, logs or error texts, in mid-run or at the end', async () => {
  const ids = [
    (await fleet.portage.start('musterpanel', 'create-admins')).id,
    (await fleet.portage.start('musterpanel', 'create-panelists')).id,
  ];
  const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
  const queue = new Queue('okta.users', { connection: redis, prefix: fleet.redisPrefix });
  const counts = await eventually('50 jobs wait and 10 have failed', async () => {
    const { prioritized: waiting = 0, failed = 0 } = await queue.getJobCounts('prioritized', 'failed');
    return waiting >= 50 && failed >= 10 && { waiting, failed };
  });
  expect(counts.waiting).toBeGreaterThanOrEqual(50);
  await expectNoLeaks();
  await queue.close();
  redis.disconnect();

  for (const id of ids) await fleet.finished(id, 90_000);
  await expectNoLeaks();
  expect(fleet.logs()).toContain('subject attempted');
}, 270_000);

test('the scan finds a mail and a name that are planted', async () => {
  const planted = [...fleet.people.panelists].find(
    ({ row: { u_email, u_name } }) => u_email && u_name.length > 5,
  );
  const { u_email: mail, u_name: name } = planted?.row ?? {};
  const redis = new Redis(REDIS_URL);
  await redis.hset(`${fleet.redisPrefix}:planted`, 'data', JSON.stringify({ mail, name }));
  redis.disconnect();

  const found = leaksIn(await redisText(fleet.redisPrefix), personalData(fleet.people));
  expect(found).toContain(mail);
  expect(found).toContain(name?.toLowerCase());
});
