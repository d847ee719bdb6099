import { startWorker } from '../../src/workers/worker.ts';
import { loseKeys } from '../producers/support.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, createWorld, type World } from '../support/world.ts';
import { addPanelists, counters, errorLog, failures, finished, mailOf, range } from './support.ts';

interface Site {
  world: World;
  api: Api;
  /** Starts one more, and resolves to its id. */
  start: (operation: string, more?: object) => Promise<number>;
  /** The same, and waits until it has finished. */
  run: (operation: string, more?: object) => Promise<number>;
  mails: () => Promise<string[]>;
}

const IDS = range(6);

/** Five of them at once, beside other files. */
const PATIENCE_MS = 200_000;

function scene(title: string, play: (site: Site) => Promise<void>, settings: object = {}): void {
  test.concurrent(
    title,
    async () => {
      const world = await createWorld({ windowSeconds: 1 });
      Object.assign(world.file.orgs.acme, { probeSeconds: 1 });
      Object.assign(world.file.installations.werk, {
        ...settings,
        panelists: { ...world.efs.source.panelists, referenceStatus: { created: 1, pending: 2, active: 3 } },
      });
      try {
        await addPanelists(world, IDS);
        await world.rows(world.efs.admin, [[[1, 'admin@example.com', 'Ada', 'Min', null]]]);
        world.closeLater(startWorker(world.open()));
        const api = await world.api();
        const start: Site['start'] = async (operation, more = {}) => {
          const options = operation.startsWith('create') ? {} : { options: { confirm: ['module-inactive'] } };
          const { status, body } = await api.post({ installation: 'werk', operation, ...options, ...more });
          if (status !== 202) throw new Error(JSON.stringify(body));
          return body.id;
        };
        await play({
          world,
          api,
          start,
          async run(operation, more) {
            const id = await start(operation, more);
            await finished(api, id);
            return id;
          },
          mails: () => mailsOf(world),
        });
      } finally {
        await world.close();
      }
    },
    PATIENCE_MS,
  );
}

/** Okta's ids, one for each mail. */
async function mailsOf({ okta }: World): Promise<string[]> {
  const mails = await okta.control<{ userId: string; type: string }[]>('GET', 'outbox');
  return mails.filter(({ type }) => type === 'activation').map(({ userId }) => userId);
}
interface OktaUser {
  id: string;
  status: string;
  profile: { login: string };
}
const usersOf = ({ okta }: World) => okta.control<OktaUser[]>('GET', 'users');
const oktaIdOf = async (world: World, id: number) =>
  (await usersOf(world)).find(({ profile }) => profile.login === mailOf(id))?.id ?? '';
const statusesOf = async (world: World) =>
  Object.fromEntries((await usersOf(world)).map(({ profile, status }) => [profile.login, status]));
const lifecycle = async ({ okta, env }: World, oktaId: string, move: string) => {
  const response = await fetch(`${okta.url}/api/v1/users/${oktaId}/lifecycle/${move}?sendEmail=false`, {
    method: 'POST',
    headers: { authorization: `SSWS ${env.OKTA_TOKEN}` },
  });
  expect(response.status).toBe(200);
};
const remove = async ({ okta, env }: World, oktaId: string) => {
  const response = await fetch(`${okta.url}/api/v1/users/${oktaId}`, {
    method: 'DELETE',
    headers: { authorization: `SSWS ${env.OKTA_TOKEN}` },
  });
  expect(response.status).toBe(204);
};
const countsOf = async (api: Api, id: number) => {
  const { counts } = (await api.get(`/v1/migrations/${id}`)).body;
  return { eligible: counts.eligible, done: counts.done, failed: counts.failed, skipped: counts.skipped };
};
const statusNumbers = async (world: World) => {
  const rows = await world.rows<{ user_id: number; status: number }>(
    'SELECT user_id, status FROM iam_portal_user_reference ORDER BY user_id',
  );
  return rows.map(({ status }) => status);
};
/** As if it were so many seconds later. */
const wait = (world: World, seconds: number) =>
  world.ownRows('UPDATE activations SET mailed_at = mailed_at - INTERVAL ? SECOND', [seconds]);
/** As if it were so many days later. */
const age = (world: World, days: number) =>
  world.ownRows('UPDATE activations SET mailed_at = mailed_at - INTERVAL ? DAY', [days]);

scene('everybody who is referenced gets one mail, for one call each', async ({ world, api, run, mails }) => {
  await run('create-panelists', { selection: { ids: [1, 2, 3, 4] } });
  const before = (await counters(world)).calls;
  const id = await run('activate-panelists');
  expect((await counters(world)).calls - before).toBe(4);
  expect(await mails()).toHaveLength(4);
  expect(new Set(await mails())).toEqual(new Set((await usersOf(world)).map((user) => user.id)));
  expect(await countsOf(api, id)).toEqual({ eligible: 4, done: 4, failed: 0, skipped: 2 });
  expect(await statusNumbers(world)).toEqual([2, 2, 2, 2]);
  const { body } = await api.get(`/v1/migrations/${id}/skipped?reason=not_in_okta`);
  expect(body.ids).toEqual([5, 6]);

  const again = await run('activate-panelists');
  expect(await mails()).toHaveLength(4);
  expect(await countsOf(api, again)).toEqual({ eligible: 4, done: 4, failed: 0, skipped: 2 });
});

scene('admins get one, too', async ({ world, run, mails }) => {
  await run('create-admins');
  await run('activate-admins');
  expect(await mails()).toHaveLength(1);
  expect(await statusesOf(world)).toEqual({ 'admin@example.com': 'PROVISIONED' });
});

scene(
  'who is an admin and a panelist, and one user in Okta, gets one mail for both',
  async ({ world, run, mails }) => {
    await world.rows('UPDATE verwalter SET post = ?', [mailOf(1)]);
    await run('create-panelists');
    await run('create-admins');
    expect(await usersOf(world)).toHaveLength(6);
    await run('activate-admins');
    expect(await mails()).toEqual([await oktaIdOf(world, 1)]);
    await run('activate-panelists');
    expect(await mails()).toHaveLength(6);
    expect(new Set(await mails()).size).toBe(6);
  },
  { adoptExisting: 'same-person' },
);

scene(
  'who is an admin and a panelist gets one more mail for both',
  async ({ world, api, run, mails }) => {
    await world.rows('UPDATE verwalter SET post = ?', [mailOf(1)]);
    await run('create-admins');
    await run('create-panelists', { selection: { ids: [1, 2] } });
    await run('activate-admins');
    await run('activate-panelists');
    expect(await mails()).toHaveLength(2);
    await age(world, 30);

    await run('resend-to-admins');
    const id = await run('resend-to-panelists');

    expect(await mails()).toHaveLength(4);
    expect(new Set((await mails()).slice(2)).size).toBe(2);
    expect(await countsOf(api, id)).toEqual({ eligible: 1, done: 1, failed: 0, skipped: 5 });
    await run('resend-to-panelists');
    expect(await mails()).toHaveLength(4);
  },
  { adoptExisting: 'same-person' },
);

scene(
  'who was activated in Okta by somebody else gets no mail, and counts as done',
  async ({ world, api, run, mails }) => {
    await run('create-panelists');
    await lifecycle(world, await oktaIdOf(world, 1), 'activate');
    await lifecycle(world, await oktaIdOf(world, 2), 'activate');
    await world.okta.control('POST', 'logins', { login: mailOf(2), choosesPassword: true });
    const id = await run('activate-panelists');
    expect(await mails()).toHaveLength(4);
    expect(await countsOf(api, id)).toMatchObject({ eligible: 6, done: 6, failed: 0 });
    expect(await statusNumbers(world)).toEqual([2, 3, 2, 2, 2, 2]);
    const states = await world.ownRows<{ state: string }>(
      'SELECT state FROM activations ORDER BY subject_id LIMIT 2',
    );
    expect(states.map(({ state }) => state)).toEqual(['pending', 'active']);
  },
);

scene(
  'who was deactivated in Okta, or deleted there, fails and gets no mail',
  async ({ world, api, run, mails }) => {
    await run('create-panelists');
    await lifecycle(world, await oktaIdOf(world, 1), 'deactivate');
    await world.rows('UPDATE iam_portal_user_reference SET uuid = ? WHERE user_id = 2', [
      '00u00000000000000404',
    ]);
    const id = await run('activate-panelists');
    expect(await failures(api, id)).toEqual([
      [1, 'okta_status', null],
      [2, 'missing_in_okta', 404],
    ]);
    expect(await mails()).toHaveLength(4);
    expect(await countsOf(api, id)).toMatchObject({ eligible: 6, done: 4, failed: 2 });
    expect((await statusesOf(world))[mailOf(1)]).toBe('DEPROVISIONED');
  },
);

scene(
  'who was deleted in Okta, and is created anew, is activated anew',
  async ({ world, api, run, mails }) => {
    await run('create-panelists');
    await run('activate-panelists');
    await age(world, 10);
    const deleted = await oktaIdOf(world, 3);
    await lifecycle(world, deleted, 'deactivate');
    await remove(world, deleted);
    await world.rows('DELETE FROM iam_portal_user_reference WHERE user_id = 3');
    await run('create-panelists');
    expect((await statusesOf(world))[mailOf(3)]).toBe('STAGED');

    const resent = await run('resend-to-panelists');
    expect(await countsOf(api, resent)).toEqual({ eligible: 5, done: 5, failed: 0, skipped: 1 });
    const id = await run('activate-panelists');
    expect(await countsOf(api, id)).toMatchObject({ eligible: 6, done: 6, failed: 0 });
    expect(await mails()).toHaveLength(6 + 5 + 1);
    expect((await mails()).at(-1)).toBe(await oktaIdOf(world, 3));
    await run('activate-panelists');
    expect(await mails()).toHaveLength(12);
  },
);

scene('lost answers cost no second mail', async ({ world, api, run, mails }) => {
  await run('create-panelists');
  const path = '/api/v1/users/';
  const order = { method: 'POST', path, times: 3, fault: { kind: 'reset', when: 'after' } };
  await world.okta.control('POST', 'faults', order);
  const id = await run('activate-panelists');
  const [fault] = await world.okta.control<{ fired: number }[]>('GET', 'faults');
  expect(fault?.fired).toBe(3);
  expect(new Set(await mails()).size).toBe(6);
  expect(await mails()).toHaveLength(6);
  expect(await countsOf(api, id)).toMatchObject({ eligible: 6, done: 6, failed: 0 });
});

scene('a refusal for the rate leaves no note, and the mail goes out later', async ({ world, run, mails }) => {
  await run('create-panelists');
  const order = { method: 'POST', path: '/api/v1/users/', times: 2, fault: { kind: 'status', status: 429 } };
  await world.okta.control('POST', 'faults', order);
  await run('activate-panelists');
  expect((await counters(world)).statuses['429']).toBeGreaterThanOrEqual(2);
  expect(await mails()).toHaveLength(6);
});

scene('a part of the people can be activated', async ({ run, mails }) => {
  await run('create-panelists');
  await run('activate-panelists', { selection: { first: 2 } });
  expect(await mails()).toHaveLength(2);
  await run('activate-panelists', { selection: { ids: [2, 5] } });
  expect(await mails()).toHaveLength(3);
  await run('activate-panelists', { selection: { portal: 1 } });
  expect(await mails()).toHaveLength(6);
});

scene(
  'another mail goes to who has not followed one that is old, and to nobody else',
  async ({ world, api, run, mails }) => {
    await run('create-panelists');
    await run('activate-panelists', { selection: { ids: [1, 2, 3, 4] } });
    await age(world, 10);
    await run('activate-panelists', { selection: { ids: [5] } });
    await world.okta.control('POST', 'logins', { login: mailOf(1), choosesPassword: true });
    await lifecycle(world, await oktaIdOf(world, 2), 'deactivate');
    const before = await mails();
    const confirm = ['module-inactive'];
    const id = await run('resend-to-panelists', { options: { olderThanDays: 9, confirm } });
    const wanted = await Promise.all([3, 4].map((person) => oktaIdOf(world, person)));
    expect((await mails()).slice(before.length).sort()).toEqual(wanted.sort());
    expect(await failures(api, id)).toEqual([[2, 'okta_status', null]]);
    expect(await countsOf(api, id)).toEqual({ eligible: 4, done: 3, failed: 1, skipped: 2 });
    const { body } = await api.get(`/v1/migrations/${id}/skipped?reason=no_old_mail`);
    expect(body.ids).toEqual([5, 6]);
    expect((await statusNumbers(world))[0]).toBe(3);
    await run('resend-to-panelists', { options: { olderThanDays: 9, confirm } });
    expect(await mails()).toHaveLength(before.length + 2);
  },
);

scene('of another mail whose answer was lost there is none more', async ({ world, api, run, mails }) => {
  await run('create-panelists');
  await run('activate-panelists');
  await age(world, 10);
  const order = {
    method: 'POST',
    path: '/api/v1/users/',
    times: 3,
    fault: { kind: 'reset', when: 'after' },
  };
  await world.okta.control('POST', 'faults', order);
  const id = await run('resend-to-panelists');
  expect(await errorLog(world)).toEqual([0, 0, 0]); // three answers were lost
  expect(await mails()).toHaveLength(12);
  expect(await countsOf(api, id)).toMatchObject({ eligible: 6, done: 6, failed: 0 });
});

scene('another mail that Okta surely did not send is asked for again', async ({ world, run, mails }) => {
  await run('create-panelists');
  await run('activate-panelists');
  await age(world, 10);
  const order = { method: 'POST', path: '/api/v1/users/', times: 3, fault: { kind: 'status', status: 503 } };
  await world.okta.control('POST', 'faults', order);
  await run('resend-to-panelists');
  expect((await counters(world)).statuses['503']).toBe(3);
  expect(await mails()).toHaveLength(12);
});

scene('so many mails a minute go out and no more, nor when Redis is lost', async (site) => {
  const { world, api, run, start, mails } = site;
  await run('create-panelists');
  const id = await start('activate-panelists', pace({ mailsPerMinute: 2 }));
  await mailsAre(site, id, 2, '2 mails a minute');
  await wait(world, 61);
  await mailsAre(site, id, 4, '2 mails a minute');
  await loseKeys(world.prefix);
  await countedAnew(site, id);
  expect(await mails()).toHaveLength(4);
  await wait(world, 61);
  await finished(api, id);
  expect(await mails()).toHaveLength(6);
});

scene('so many mails a day go out, and all that Okta was perhaps asked for count', async (site) => {
  const { world, api, run, start, mails } = site;
  await run('create-panelists');
  const order = { method: 'POST', path: '/api/v1/users/', times: 9, fault: { kind: 'reset', when: 'after' } };
  await world.okta.control('POST', 'faults', order);
  const id = await start('activate-panelists', pace({ mailsPerMinute: 100, mailsPerDay: 4 }));
  await mailsAre(site, id, 4, '4 mails a day');
  const [fault] = await world.okta.control<{ fired: number }[]>('GET', 'faults');
  expect(fault?.fired).toBeGreaterThanOrEqual(4);
  await wait(world, 23 * 3_600);
  await countedAnew(site, id);
  expect(await mails()).toHaveLength(4);
  await wait(world, 3_601);
  await finished(api, id);
  expect(await mails()).toHaveLength(6);
});

const pace = (options: object) => ({ options: { ...options, confirm: ['module-inactive'] } });

async function mailsAre({ api, mails }: Site, id: number, count: number, limit: string): Promise<void> {
  await eventually(`${count} mails are out`, async () => (await mails()).length === count);
  const isLimited = async () => (await api.get(`/v1/migrations/${id}`)).body.wait?.message;
  await eventually('the limit is told', async () => (await isLimited()) === `${limit}, as asked for`);
}

/** Twice, so that the loop has come by meanwhile. */
async function countedAnew({ api }: Site, id: number): Promise<void> {
  const at = async () => (await api.get(`/v1/migrations/${id}`)).body.counts?.at;
  for (const last of [await at(), '']) {
    const before = last || (await at());
    await eventually('it is counted anew', async () => (await at()) !== before);
  }
}
