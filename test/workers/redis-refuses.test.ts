import { Redis } from 'ioredis';
import { startWorker } from '../../src/workers/worker.ts';
import { eventually } from '../support/eventually.ts';
import { type PrivateServer, startPrivateRedis } from '../support/private-servers.ts';
import { createWorld } from '../support/world.ts';
import { addPanelists, befall, counters, failures, finished, range, references, start } from './support.ts';

let redis: PrivateServer;
beforeEach(async () => {
  redis = await startPrivateRedis();
});
afterEach(() => redis.close());

/** As after a fail-over (READONLY), with a full disk (MISCONF) or, here, without replicas (NOREPLICAS). */
test('a Redis that takes no writes while answers of Okta come ends no worker and costs nobody', async () => {
  const world = await createWorld();
  Object.assign(world.env, { REDIS_URL: redis.url });
  const client = new Redis(redis.url);
  const takeWrites = (does: boolean) => client.config('SET', 'min-replicas-to-write', does ? '0' : '1');
  try {
    await addPanelists(world, range(8));
    await befall(world, 8, { kind: 'hold' });
    world.closeLater(startWorker(world.open()));
    const api = await world.api();
    const id = await start(api);
    await eventually('calls are under way', async () => (await counters(world)).calls === 8);
    await takeWrites(false);
    expect(await references(world)).toEqual([]);
    await world.okta.control('DELETE', 'faults');
    await eventually('every answer has come', async () => (await references(world)).length === 8);
    await expect(client.set('any', 1)).rejects.toThrow('NOREPLICAS');
    await takeWrites(true);
    await finished(api, id);
    expect([await references(world), await failures(api, id)]).toEqual([range(8), []]);
    expect((await counters(world)).users).toBe(8);
  } finally {
    client.disconnect();
    await world.close();
  }
});
