import { startWorker } from '../../src/workers/worker.ts';
import { type Api, AUTHORIZED, type World } from '../support/world.ts';
import { addPortals, apps, asOkta, createPortalWorld, settingsRows } from '../workers/portals-support.ts';
import { finished } from '../workers/support.ts';

let world: World;
let api: Api;
beforeEach(async () => {
  world = await createPortalWorld();
  await addPortals(world, [1, 2, 3, 4, 5]);
  await world.rows(
    "INSERT INTO pforte VALUES (6, 'Pforte 6', 'zwei wörter', 1), (7, 'Pforte 7', 'sieben', 0)",
  );
  world.closeLater(startWorker(world.open()));
  api = await world.api();
});
afterEach(() => world.close());

async function preflight(operation: string, rest: object = {}) {
  const { statusCode, body } = await api.fastify.inject({
    method: 'POST',
    url: '/v1/migrations?dryRun=true',
    headers: AUTHORIZED,
    payload: { installation: 'werk', operation, ...rest },
  });
  expect(statusCode).toBe(200);
  return JSON.parse(body);
}

/** What a run has come to: its counts, its failures by code, and what it has spent of its bucket. */
async function run(operation: string, bucket: 'apps' | 'app', rest: object = {}) {
  const before = await spent(bucket);
  const { status, body } = await api.post({ installation: 'werk', operation, ...rest });
  expect(status).toBe(202);
  await finished(api, body.id);
  const { counts } = (await api.get(`/v1/migrations/${body.id}`)).body;
  const { failures } = (await api.get(`/v1/migrations/${body.id}/failures`)).body;
  const failedBy: Record<string, number> = {};
  for (const { code } of failures) failedBy[code] = (failedBy[code] ?? 0) + 1;
  return {
    eligible: counts.eligible,
    skippedBy: counts.skippedBy,
    expected: { done: counts.done, failed: counts.failed, failedBy },
    calls: (await spent(bucket)) - before,
  };
}

async function spent(bucket: 'apps' | 'app'): Promise<number> {
  const { calls } = await world.okta.control<{ calls: { byBucket: Record<string, number> } }>(
    'GET',
    'counters',
  );
  return calls.byBucket[bucket] ?? 0;
}

// biome-ignore lint/suspicious/noExplicitAny: as JSON has it
const told = ({ counts, expected, calls }: any) => ({
  eligible: counts.eligible,
  skippedBy: counts.skippedBy,
  expected,
  calls,
});

test('what registering portals would come to is what it comes to, to the row and the call', async () => {
  const before = await preflight('register-portals');
  expect(before.expected).toEqual({ done: 5, failed: 1, failedBy: { url_name_invalid: 1 } });
  expect([await apps(world), await settingsRows(world)]).toEqual([[], []]);
  expect(await run('register-portals', 'apps')).toEqual(told(before));
});

test('chosen ids of no portal are told, and when updating those that were never registered', async () => {
  const unknown = async (operation: string) => {
    const { findings } = await preflight(operation, { selection: { ids: [1, 7, 9] } });
    return findings.find(({ code }: { code: string }) => code === 'id_unknown');
  };
  expect(await unknown('register-portals')).toMatchObject({ severity: 'warning', count: 1, examples: [9] });
  await run('register-portals', 'apps');
  expect(await unknown('update-portals')).toMatchObject({ count: 2, examples: [7, 9] });
});

test('what updating portals would come to is what it comes to, with a portal renamed, one removed, and apps that are not as EFS has them', async () => {
  await run('register-portals', 'apps');
  const [first, second] = await apps(world);
  await world.rows("UPDATE pforte SET adresse = 'neu' WHERE kennung = 3");
  await world.rows('DELETE FROM pforte WHERE kennung = 4');
  await asOkta(world, 'POST', `/apps/${first?.id}/lifecycle/deactivate`);
  await asOkta(world, 'DELETE', `/apps/${first?.id}`);
  await asOkta(world, 'POST', `/apps/${second?.id}/lifecycle/deactivate`);
  const found = await apps(world);

  const before = await preflight('update-portals');
  const failedBy = { app_missing: 1, app_inactive: 1, portal_removed: 1 };
  expect(before.expected).toEqual({ done: 2, failed: 3, failedBy });
  expect(before.calls).toBe(5 + 1);
  const confirmed = await preflight('update-portals', { options: { confirm: ['deactivate-removed'] } });
  expect(confirmed.expected).toMatchObject({ done: 3, failed: 2 });
  expect(await apps(world)).toEqual(found);
  expect(await run('update-portals', 'app')).toEqual(told(before));
});

describe('Okta does not show what it is asked for', () => {
  const befall = (status: number) =>
    world.okta.control('POST', 'faults', {
      method: 'GET',
      path: '/api/v1/apps',
      times: 1,
      fault: { kind: 'status', status },
    });
  const found = ({ findings }: { findings: { code: string }[] }, code: string) =>
    findings.find((each) => each.code === code);

  test('who may not read apps is told so, and nothing is claimed of portals that would be held', async () => {
    await befall(403);
    const registering = await preflight('register-portals');
    expect(found(registering, 'rights_missing')).toMatchObject({ severity: 'error' });
    await run('register-portals', 'apps');
    expect(found(await preflight('register-portals'), 'rights_missing')).toBeUndefined();
    await befall(403);
    const updating = await preflight('update-portals');
    expect(updating).toMatchObject({ counts: { eligible: 5 }, expected: null });
    expect(found(updating, 'rights_missing')).toMatchObject({ severity: 'error' });
  });

  test('an app that cannot be read now is counted, and neither done nor failed', async () => {
    await run('register-portals', 'apps');
    await befall(503);
    const updating = await preflight('update-portals');
    expect(updating.expected).toEqual({ done: 4, failed: 0, failedBy: {} });
    expect(found(updating, 'app_unread')).toMatchObject({ severity: 'warning', count: 1, examples: [1] });
    expect(updating.calls).toBe(5);
  });
});
