import { unseal } from '../../src/okta/seal.ts';
import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { createServiceApp } from '../support/service-app.ts';
import { createWorld, type World } from '../support/world.ts';
import { addPanelists, failures, finished, range, references, start } from './support.ts';

/** Of calls that are under way when a credential is refused. */
const [WORKERS, CONCURRENCY, MOST_PROBES] = [3, 50, 20];
/** An hour, scaled; a token is replaced after five sixths of it, and no call may be on its way for the rest. */
const TOKEN_LIFE_MS = 18_000;
/** For 40 s at ten a second; two tokens are replaced in 30 s. */
const PEOPLE = 400;
/** Several times what replacing, refusals and probes need; one a call would be hundreds. */
const MOST_TOKEN_CALLS = 30;

let world: World;
afterEach(() => world.close());

interface Counters {
  statuses: Record<string, number>;
  calls: { byBucket: { token: number } };
}

/** The values of tokens, and what is private of keys. */
const secretsIn = (json: string | null) =>
  [...(json ?? '').matchAll(/"(?:value|d)":"([^"]+)"/g)].map(([, secret]) => secret ?? '');

test('tokens that live shortly and a key that is revoked for a while fail nobody', async () => {
  const dpop = true;
  const app = await createServiceApp(dpop);
  let log = '';
  world = await createWorld({
    perMinute: 600,
    windowSeconds: 2,
    okta: { tokenLifeMs: TOKEN_LIFE_MS },
    log: {
      write(line) {
        log += line;
      },
    },
  });
  const { clientId, privateKey, encryptionKey } = app.config;
  Object.assign(world.env, { OKTA_KEY: privateKey, ENCRYPTION_KEY: encryptionKey });
  Object.assign(world.file.orgs.acme, {
    probeSeconds: 1,
    credentials: {
      oauth: { clientId, privateKey: { env: 'OKTA_KEY' }, encryptionKey: { env: 'ENCRYPTION_KEY' }, dpop },
    },
  });
  await world.okta.control('POST', 'service-apps', app.registration);
  await addPanelists(world, range(PEOPLE));
  const stranger = await createServiceApp(dpop);
  const api = await world.api();
  const fleet = Array.from({ length: WORKERS }, () => world.open());
  for (const each of fleet) world.closeLater(startWorker(each));
  const id = await start(api);
  const show = async () => (await api.get(`/v1/migrations/${id}`)).body;
  const count = async () => {
    const { statuses, calls } = await world.okta.control<Counters>('GET', 'counters');
    return { refused: statuses['401'] ?? 0, tokenCalls: calls.byBucket.token };
  };

  const tokens = new Set<string>(); // as they are sealed
  await eventually(
    'the token has been replaced twice',
    async () => {
      const sealed = await fleet[0]?.redis.get(`${world.prefix}:token:acme`);
      if (sealed) tokens.add(sealed);
      return tokens.size > 2;
    },
    90_000,
  );
  const { refused, tokenCalls } = await count();
  expect(refused).toBe(0);
  expect(tokenCalls).toBeGreaterThanOrEqual(1 + tokens.size); // the nonce is exchanged once
  expect(tokenCalls).toBeLessThanOrEqual(3 * tokens.size); // seldom two processes ask at once

  await world.okta.control('POST', 'service-apps', stranger.registration);
  await world.okta.control('POST', 'token', { revoked: true });
  const held = await eventually('it is held', async () => {
    const migration = await show();
    return migration.state === 'held' && migration;
  });
  expect(held.heldCause).toBe('credentials');
  expect((await references(world)).length).toBeLessThan(PEOPLE);
  await world.okta.control('POST', 'token', { revoked: false });
  await world.okta.control('POST', 'service-apps', app.registration);

  await eventually('it goes on', async () => (await show()).state !== 'held');
  const done = (await references(world)).length;
  await eventually('calls go well again', async () => (await references(world)).length >= done + 10);
  const revoked = await count();
  expect(revoked.refused).toBeGreaterThan(0);
  expect(revoked.refused).toBeLessThanOrEqual(WORKERS * CONCURRENCY + MOST_PROBES);
  await finished(api, id);
  expect([(await references(world)).length, await failures(api, id)]).toEqual([PEOPLE, []]);
  const end = await count();
  expect(end.refused).toBe(revoked.refused);
  expect(end.tokenCalls).toBeLessThanOrEqual(MOST_TOKEN_CALLS);

  const place = `${world.prefix}:token:acme`;
  const unsealed = [...tokens].map((sealed) => unseal(Buffer.from(encryptionKey, 'base64'), place, sealed));
  const secrets = [...unsealed, privateKey].flatMap(secretsIn);
  expect(secrets).toHaveLength(2 * tokens.size + 1);
  expect(log).toContain('migrations held');
  expect([...secrets, encryptionKey].filter((secret) => log.includes(secret))).toEqual([]);
}, 240_000);
