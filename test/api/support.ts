import { pino } from 'pino';
import { buildApi } from '../../src/api/server.ts';
import { openApp } from '../../src/app.ts';
import { toConfig } from '../../src/config/load.ts';
import { API_KEY, type Api, type ApiAnswer, type World } from '../support/world.ts';

export const BEARER = { authorization: `Bearer ${API_KEY}` };
export const BASIC = { authorization: `Basic ${btoa(`anybody:${API_KEY}`)}` };

/** POSTs anywhere; without a payload, no body at all. */
export async function postTo({ fastify }: Api, url: string, payload?: object): Promise<ApiAnswer> {
  const answer = await fastify.inject({
    method: 'POST',
    url,
    headers: BEARER,
    ...(payload && { payload }),
  });
  return { status: answer.statusCode, headers: { ...answer.headers }, body: answer.json() };
}

/** The API as its own process opens it, on an environment that differs in this; closed with the world. */
export async function openApi(world: World, env: Record<string, string> = {}) {
  const loaded = toConfig(world.file, { ...world.env, ...env });
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const app = openApp(loaded.config, pino({ level: 'silent' }), { patient: false });
  world.closeLater(app);
  const api = await buildApi(app);
  world.closeLater(api);
  return api;
}
