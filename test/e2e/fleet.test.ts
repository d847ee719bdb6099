import { expectComplete } from '../support/complete.ts';
import { eventually } from '../support/eventually.ts';
import { createFleet, type TestFleet } from '../support/fleet.ts';
import { lateCalls } from '../support/late-calls.ts';
import { controlOf } from '../support/simulator.ts';

const INSTALLATION = 'musterpanel';

let fleet: TestFleet;
afterEach(() => fleet.close());

async function startBoth(): Promise<number[]> {
  const started = [
    await fleet.portage.start(INSTALLATION, 'create-admins'),
    await fleet.portage.start(INSTALLATION, 'create-panelists'),
  ];
  return started.map(({ id }) => id);
}

test('four saturated workers migrate everybody, and no window holds more calls than the allowance', async () => {
  // 60 calls in 2 s, as 1,800 a minute.
  fleet = await createFleet({
    admins: 40,
    panelists: 300,
    workers: 4,
    perMinute: 1_800,
    windowSeconds: 2,
    adjust: lateCalls,
  });
  for (const id of await startBoth()) await fleet.finished(id, 90_000);

  await expectComplete(fleet);
  const { okta } = await fleet.ends();
  expect(okta.calls).toBeGreaterThanOrEqual(3 * 60);
  expect(okta.busiestMinute).toBeLessThanOrEqual(60);
  expect(okta.throttled).toBe(0);
}, 240_000);

test('a run ends complete after one of its workers was killed in the middle', async () => {
  fleet = await createFleet({
    admins: 20,
    panelists: 200,
    workers: 2,
    perMinute: 1_800,
    windowSeconds: 2,
  });
  const okta = controlOf(fleet.oktaUrl);
  const order = { method: 'POST', path: '/api/v1/users', skip: 60, times: 1_000 };
  const held = await okta.fail({ ...order, fault: { kind: 'hold' } });
  const ids = await startBoth();
  await eventually('Okta holds answers', async () => (await held.fired()) >= 20);
  const victim = fleet.processes.find(({ name }) => name === 'worker-1');
  victim?.child.kill('SIGKILL');
  expect(await victim?.ended).toBe('SIGKILL');
  expect((await okta.users()).length).toBeLessThan(150);
  await okta.clearFaults();

  for (const id of ids) await fleet.finished(id, 90_000);
  await expectComplete(fleet);
}, 270_000);
