import { expectOneMailEach, mails, startMails, untilMailed } from '../support/activation.ts';
import { replaceWorker, say, startMigrations, wantedUsers } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';

const MINUTE = 60_000;
const MAILS = 100;

let fleet: TestFleet;
beforeEach(async () => {
  const bucket = { perMinute: 3_600, readsPerMinute: 7_200, windowSeconds: 2 };
  fleet = await createFleet({ admins: 0, panelists: 450, ordinary: true, workers: 3, ...bucket });
}, 60_000);
afterEach(() => fleet?.close());

test('no 60 seconds hold more mails than asked for, though a worker is killed, and few of them are wasted', async () => {
  const [creation = 0] = await startMigrations(fleet);
  await fleet.finished(creation, 60_000);
  const everybody = wantedUsers(fleet);
  expect(everybody).toBeGreaterThan(2 * MAILS);
  const activation = await startMails(fleet, 'activate-panelists', { mailsPerMinute: MAILS });
  await untilMailed(fleet, MAILS / 2);
  await replaceWorker(fleet);
  await fleet.finished(activation, 240_000);

  await expectOneMailEach(fleet);
  const times = (await mails(fleet)).map(({ atMs }) => atMs);
  const busiest = Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + MINUTE).length),
  );
  const seconds = Math.round((Math.max(...times) - Math.min(...times)) / 1_000);
  say(`${times.length} mails in ${seconds} s, at most ${busiest} in a minute`);
  expect(busiest).toBeLessThanOrEqual(MAILS);
  expect(busiest).toBeGreaterThan(0.9 * MAILS);
}, 400_000);
