import { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { ConfigFile } from '../../src/config/schema.ts';
import { eventually } from '../support/eventually.ts';
import { attemptsOf, failures, hasStarted } from '../support/fault-run.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { lateCalls } from '../support/late-calls.ts';
import { type PrivateServer, startPrivateRedis } from '../support/private-servers.ts';
import { controlOf } from '../support/simulator.ts';
import type { FoundApp } from '../workers/portals-support.ts';

/** The demo's installation has three. */
const PORTALS = 16;
const HELD = 3;
const FINISHED_WITHIN_MS = 120_000;
/** Okta's 100 calls a minute of `apps`, in windows of 6 s. */
const PER_WINDOW = 10;

let redis: PrivateServer;
let fleet: TestFleet;
beforeEach(async () => {
  redis = await startPrivateRedis();
  const pace = { perMinute: 600, windowSeconds: 6, latencyMs: 100 };
  const servers = { redisUrl: redis.url, adjust: (file: ConfigFile) => lateCalls(withApps(file)) };
  fleet = await createFleet({ admins: 0, panelists: 1, workers: 3, ...pace, ...servers });
  const rows = Array.from({ length: PORTALS - 3 }, (_, i) => [
    i + 4,
    `Portal ${i + 4}`,
    `portal-${i + 4}`,
    1,
  ]);
  await query('INSERT INTO portals (id, name, url_name, is_online) VALUES ?', [rows]);
});
afterEach(async () => {
  await fleet?.close();
  await redis?.close();
});

function withApps(file: ConfigFile): ConfigFile {
  const { musterpanel } = file.installations;
  if (!musterpanel) throw new Error('no such installation');
  const columns = { id: 'id', name: 'name', urlName: 'url_name' };
  const app = {
    redirectUris: ['https://panel.example.com/{urlName}/'],
    settings: { clientSecret: 'client_secret' },
  };
  const portals = { table: 'portals', columns, app };
  return { ...file, installations: { musterpanel: { ...musterpanel, customerName: 'Muster', portals } } };
}

test('killed workers, an emptied Redis and lost answers leave one app and one row of each kind to every portal', async () => {
  const okta = controlOf(fleet.oktaUrl);
  const apps = { method: 'POST', path: '/api/v1/apps' };
  // All of them, so that none is registered meanwhile.
  const held = await okta.fail({ ...apps, times: PORTALS, fault: { kind: 'hold' } });
  const id = await start('register-portals');
  await eventually('Okta holds answers', async () => (await held.fired()) >= HELD);
  const inHand = await unregistered();
  expect(inHand.length).toBeGreaterThanOrEqual(HELD);
  const killed = fleet.processes.filter(({ name }) => name.startsWith('worker'));
  for (const { child } of killed) child.kill('SIGKILL');
  for (const { ended } of killed) expect(await ended).toBe('SIGKILL');
  expect((await unregistered()).filter((portal) => inHand.includes(portal))).toEqual(inHand);
  await okta.clearFaults();

  const lost = await okta.fail({ ...apps, times: 3, fault: { kind: 'reset', when: 'after' } });
  const workers = killed.map(() => fleet.addWorker());
  await eventually('they run', () => Promise.resolve(workers.every(hasStarted)));
  await eventually('three answers are lost', async () => (await lost.fired()) === 3, 60_000);
  const client = new Redis(redis.url);
  expect(await client.dbsize()).toBeGreaterThan(0);
  await client.flushall();
  client.disconnect();
  expect((await rows()).length).toBeLessThan(3 * PORTALS);

  await fleet.finished(id, FINISHED_WITHIN_MS);
  const found = await appsOf();
  expect(found.map(portalOf)).toEqual(range(PORTALS));
  expect(
    found.every(({ status, groupIds }) => status === 'ACTIVE' && groupIds.join() === fleet.groupId),
  ).toBe(true);
  const written = await rows();
  expect(written.map(({ portal_id, key }) => `${portal_id} ${key}`)).toEqual(
    range(PORTALS).flatMap((portal) =>
      ['client_id', 'client_secret', 'okta_app_id'].map((key) => `${portal} ${key}`),
    ),
  );
  const ids = written.filter(({ key }) => key === 'okta_app_id').map(({ value }) => value);
  expect(ids).toEqual(found.map((app) => app.id));
  expect(await failures(fleet)).toEqual({ people: 0, unavailable: 0 });

  const adopted = attemptsOf(fleet).filter(({ outcome }) => outcome === 'app-adopted');
  expect(inHand.filter((portal) => !adopted.some(({ subjectId }) => subjectId === portal))).toEqual([]);
  expect(adopted.length).toBeGreaterThanOrEqual(HELD + 3);
  const secrets = written.filter(({ key }) => key === 'client_secret').map(({ value }) => value);
  expect(new Set(secrets).size).toBe(PORTALS);
  expect(secrets.filter((secret) => fleet.logs().includes(secret))).toEqual([]);
  await expectPace();

  // What has changed since is brought to Okta, and nothing else.
  await query("UPDATE portals SET url_name = CONCAT('new-', url_name) WHERE id <= 4");
  await query('DELETE FROM portals WHERE id = 5');
  const unheard = await okta.fail({
    method: 'PUT',
    path: '/api/v1/apps/',
    times: 2,
    fault: { kind: 'reset', when: 'after' },
  });
  await fleet.finished(await start('update-portals', ['deactivate-removed']), FINISHED_WITHIN_MS);
  const outcomes = attemptsOf(fleet).map(({ outcome }) => outcome);
  expect(await unheard.fired()).toBe(2);
  // Whose answer was lost is found changed by the next attempt.
  expect(outcomes.filter((outcome) => outcome === 'updated').length).toBe(5 - 2);
  expect(outcomes.filter((outcome) => outcome === 'unchanged').length).toBe(PORTALS - 5 + 2);
  const after = await appsOf();
  expect(after.map(({ settings }) => settings.oauthClient.redirect_uris[0])).toEqual(
    range(PORTALS).map((n) => `https://panel.example.com/${n <= 4 ? 'new-' : ''}${urlName(n)}/`),
  );
  expect(after.filter(({ status }) => status === 'INACTIVE').map(portalOf)).toEqual([5]);
  for (const app of after.slice(0, 4)) expect(await secretsOf(app)).toEqual([await secretInEfs(app)]);
}, 360_000);

const urlName = (n: number) => (n === 2 ? 'meinungsstudio' : `portal-${n}`);
const range = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

async function start(operation: string, confirm?: string[]): Promise<number> {
  const response = await fetch(`${fleet.portage.url}/v1/migrations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${fleet.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      installation: fleet.installation,
      operation,
      ...(confirm && { options: { confirm } }),
    }),
  });
  expect(response.status).toBe(202);
  return ((await response.json()) as { id: number }).id;
}

async function appsOf(): Promise<FoundApp[]> {
  const response = await fetch(`${fleet.oktaUrl}/__simulator/apps`);
  return ((await response.json()) as FoundApp[]).toSorted((a, b) => portalOf(a) - portalOf(b));
}

/** As Okta has them, all in clear. */
async function secretsOf({ id }: FoundApp): Promise<string[]> {
  const headers = { authorization: `SSWS ${fleet.oktaToken}` };
  const response = await fetch(`${fleet.oktaUrl}/api/v1/apps/${id}/credentials/secrets`, { headers });
  return ((await response.json()) as { client_secret: string }[]).map((each) => each.client_secret);
}

const secretInEfs = async (app: FoundApp) =>
  (await rows()).find((row) => row.portal_id === portalOf(app) && row.key === 'client_secret')?.value;

const portalOf = ({ profile }: FoundApp) => Number(String(profile.portage).split('/').at(-1));

interface Row extends RowDataPacket {
  portal_id: number;
  key: string;
  value: string;
}

const rows = () =>
  query<Row>('SELECT portal_id, `key`, `value` FROM iam_portal_settings ORDER BY portal_id, `key`, id');

/** Portals that Okta has an app of, and EFS has none. */
async function unregistered(): Promise<number[]> {
  const known = new Set((await rows()).map((row) => row.portal_id));
  return (await appsOf()).map(portalOf).filter((portal) => !known.has(portal));
}

async function query<T extends RowDataPacket>(sql: string, values: unknown[] = []): Promise<T[]> {
  const connection = await createConnection({ uri: fleet.installationUrl });
  const [found] = await connection.query<T[]>(sql, values);
  await connection.end();
  return found;
}

/** What Redis has lost includes the turns that were booked. */
async function expectPace(): Promise<void> {
  const response = await fetch(`${fleet.oktaUrl}/__simulator/counters`);
  const counters = (await response.json()) as {
    busiestWindow: { apps: number };
    throttled: { byBucket: { apps: number } };
  };
  expect(counters.throttled.byBucket.apps).toBe(0);
  expect(counters.busiestWindow.apps).toBeLessThanOrEqual(PER_WINDOW);
}
