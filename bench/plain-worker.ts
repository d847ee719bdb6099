/** What anybody writes first: a BullMQ worker that POSTs with got and INSERTs. No turns, no limits, no second look. */
import { Agent } from 'node:http';
import { Worker } from 'bullmq';
import got from 'got';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2/promise';

const variable = (name: string) => process.env[name] ?? '';

const db = createPool({ uri: variable('DATABASE_URL'), connectionLimit: 10 });
const redis = new Redis(variable('REDIS_URL'), { maxRetriesPerRequest: null });
const http = got.extend({
  prefixUrl: variable('OKTA_URL'),
  headers: { authorization: `SSWS ${variable('OKTA_API_TOKEN')}` },
  agent: { http: new Agent({ keepAlive: true, maxSockets: 50 }) },
  retry: { limit: 0 },
});

const worker = new Worker<{ id: number }>(
  'plain',
  async ({ data: { id } }) => {
    const login = `plain.${id}@mail.example`;
    const profile = { login, email: login, firstName: 'Erika', lastName: 'Mustermann' };
    const json = { profile, groupIds: [variable('OKTA_GROUP')] };
    const user = await http.post('api/v1/users?activate=false', { json }).json<{ id: string }>();
    await db.query('INSERT INTO plain_reference (user_id, uuid) VALUES (?, ?)', [id, user.id]);
  },
  {
    connection: redis,
    prefix: variable('REDIS_PREFIX'),
    concurrency: Number(variable('CONCURRENCY')),
    removeOnComplete: { count: 1_000 },
  },
);
await worker.waitUntilReady();
console.log('ready');

process.once('SIGTERM', () => void stop());

async function stop(): Promise<void> {
  await worker.close();
  redis.disconnect();
  await db.end();
}
