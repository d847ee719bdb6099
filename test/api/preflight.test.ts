import { configuration, INSTALLATION } from '../../demo/configuration.ts';
import { createInstallation } from '../../demo/installation.ts';
import { createPeople } from '../../demo/people.ts';
import { type App, fleetOf } from '../../src/app.ts';
import type { SubjectId } from '../../src/domain/ids.ts';
import type { PersonKind } from '../../src/domain/operations.ts';
import { createOktaClient } from '../../src/okta/client.ts';
import { checkOrg } from '../../src/producers/preflight-okta.ts';
import { loginsInOkta, type Predicted, predictCreations } from '../../src/producers/preflight-people.ts';
import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type Api, AUTHORIZED, createWorld, type World } from '../support/world.ts';

const SEED = 20_220_503;
const ADMINS = 80;
const PANELISTS = 400;
/** Of the demo's installation, under the name that worlds have. */
const { admins, panelists, portals, membership } = configuration({
  redisPrefix: '',
  apiPort: 0,
  apiKeySha256: '',
  oktaUrl: '',
  groupId: '',
  perMinute: 1,
  windowSeconds: 1,
}).installations[INSTALLATION] as never as World['efs']['source'];
const demoEfs = {
  tables: 'SELECT 1',
  source: { admins, panelists, portals, membership } as World['efs']['source'],
  admin: '',
  panelist: '',
  member: '',
};

let world: World;
let api: Api;
let app: App;
beforeAll(async () => {
  world = await createWorld({ efs: demoEfs });
  await createInstallation(
    world.env.EFS_URL ?? '',
    createPeople(SEED, { admins: ADMINS, panelists: PANELISTS }),
  );
  app = world.open();
  api = await world.api();
  world.closeLater(startWorker(world.open()));
});
afterAll(() => world.close());

const dryRun = (operation: string, query = '') =>
  api.fastify.inject({
    method: 'POST',
    url: `/v1/migrations?dryRun=true${query}`,
    headers: AUTHORIZED,
    payload: { installation: 'werk', operation },
  });

async function run(operation: string, options: object = {}) {
  const { status, body } = await api.post({ installation: 'werk', operation, options });
  expect(status).toBe(202);
  return eventually(
    `${operation} finishes`,
    async () => {
      const shown = await api.get(`/v1/migrations/${body.id}`);
      return shown.body.state === 'finished' && shown.body;
    },
    120_000,
  );
}

async function failures(id: number): Promise<Map<SubjectId, string>> {
  const { body } = await api.get(`/v1/migrations/${id}/failures?limit=1000`);
  return new Map(
    (body.failures as { subjectId: SubjectId; code: string }[]).map(({ subjectId, code }) => [
      subjectId,
      code,
    ]),
  );
}

/** What the pre-flight says of each person. */
async function predictions(kind: PersonKind): Promise<Predicted[]> {
  const installation = app.installations.get('werk');
  const org = app.config.orgs.acme;
  if (!installation || !org) throw new Error('no such installation');
  const okta = createOktaClient(org, fleetOf(app));
  const { signal } = new AbortController();
  const { rules } = await checkOrg(app, okta, installation.config, signal);
  const inOkta = await loginsInOkta(app, installation, kind, signal);
  const all: Predicted[] = [];
  for await (const each of predictCreations(installation, kind, {}, inOkta, rules, signal)) all.push(each);
  okta.close();
  return all;
}

const written = async () => {
  const counts = await Promise.all(
    ['iam_user_reference', 'iam_portal_user_reference', 'iam_error_log'].map(
      async (table) => (await world.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n,
    ),
  );
  const own = await world.ownRows<{ n: number }>('SELECT COUNT(*) AS n FROM migrations');
  const { users } = await world.okta.control<{ users: number }>('GET', 'counters');
  return [...counts, own[0]?.n, users];
};

const tally = (codes: Iterable<string>) => {
  const by: Record<string, number> = {};
  for (const code of codes) by[code] = (by[code] ?? 0) + 1;
  return by;
};

describe.each([
  ['create-admins', 'admin'],
  ['create-panelists', 'panelist'], // some of whom are admins, who are in Okta by then
] as const)('%s', (operation, kind) => {
  test('the run does what the pre-flight has said, to the row', async () => {
    const before = await written();
    const response = await dryRun(operation);
    expect(response.statusCode).toBe(200);
    const said = response.json();
    const predicted = await predictions(kind);
    expect(await written()).toEqual(before);

    const { id, counts } = await run(operation);

    const { remaining, ...now } = said.counts;
    expect(counts).toMatchObject({
      eligible: now.eligible,
      done: now.done + said.expected.done,
      failed: said.expected.failed,
      skipped: now.skipped,
      skippedBy: now.skippedBy,
    });
    expect(remaining).toBe(said.expected.done + said.expected.failed);
    const failed = await failures(id);
    expect(tally(failed.values())).toEqual(said.expected.failedBy);
    expect(said.expected.failedBy.login_taken).toBeGreaterThan(2);
    expect(said.expected.failedBy.okta_refused).toBeGreaterThan(2);

    // Whose login is whose is for the workers to race for; everybody else is as they were said to be.
    const isRaced = (code: string | undefined) => code === 'login_taken';
    const racing = new Set(
      predicted.flatMap(({ id: who, prediction }) =>
        prediction.kind === 'fail' && isRaced(prediction.code) ? [who] : [],
      ),
    );
    for (const { id: who, prediction } of predicted) {
      const code = failed.get(who);
      if (racing.has(who) || isRaced(code)) continue;
      expect([who, code]).toEqual([who, prediction.kind === 'fail' ? prediction.code : undefined]);
    }
  }, 180_000);
});

test.each(['activate-admins', 'activate-panelists'])(
  '%s mails as many as the pre-flight has said',
  async (operation) => {
    const outbox = async () => (await world.okta.control<unknown[]>('GET', 'outbox')).length;
    const before = await outbox();
    const said = (await dryRun(operation)).json();
    expect(said.mails).toBeGreaterThan(20);
    expect(said.calls).toBe(said.mails);

    const { counts } = await run(operation, { confirm: ['module-inactive'] });

    expect(counts).toMatchObject({
      eligible: said.counts.eligible,
      done: said.counts.done + said.counts.remaining,
      failed: 0,
      skippedBy: said.counts.skippedBy,
    });
    expect((await outbox()) - before).toBe(said.mails);
    expect((await dryRun(operation)).json()).toMatchObject({ mails: 0, calls: 0 });
  },
  180_000,
);
