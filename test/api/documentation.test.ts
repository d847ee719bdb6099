import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Api, AUTHORIZED, createWorld, type World } from '../support/world.ts';
import { BASIC, postTo } from './support.ts';

type Schema = Record<string, unknown>;
type Content = Record<string, { schema: Schema; example?: unknown }>;
interface Operation {
  summary?: string;
  security?: unknown[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; headers?: object; content?: Content }>;
}
interface Document {
  openapi: string;
  security: unknown[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema & { examples: unknown[] }>; securitySchemes: object };
}

let world: World;
let api: Api;
let document: Document;
let ajv: Ajv2020;

beforeAll(async () => {
  world = await createWorld();
  api = await world.api();
  document = (await api.get('/docs/json')).body;
  ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true }).addSchema(
    document,
    'document',
  );
});
afterAll(() => world.close());

const operation = (method: string, path: string) => document.paths[path]?.[method] as Operation;
const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => ({ path, method, ...each })),
  );

/** The faults of a value by a schema of the document; references are followed. */
function faults(schema: Schema, value: unknown) {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
  const validate = ajv.compile(absolute);
  return validate(value) ? [] : validate.errors;
}
const exampleOf = ({ $ref, examples = [] }: Schema & { examples?: unknown[] }) =>
  examples[0] ?? document.components.schemas[String($ref).replace('#/components/schemas/', '')]?.examples[0];
const jsonOf = (responses: Operation['responses'], status: number) =>
  responses[status]?.content?.['application/json']?.schema as Schema;

test('every route is documented, and nothing else', async () => {
  expect(document.openapi).toBe('3.1.0');
  expect(
    operations()
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  ).toEqual([
    'delete /v1/installations/{name}/token-data',
    'get /healthz',
    'get /readyz',
    'get /v1/allowances',
    'get /v1/installations/{name}/settings',
    'get /v1/installations/{name}/settings/compare',
    'get /v1/installations/{name}/settings/{key}',
    'get /v1/installations/{name}/token-data',
    'get /v1/migrations',
    'get /v1/migrations/{id}',
    'get /v1/migrations/{id}/failures',
    'get /v1/migrations/{id}/skipped',
    'patch /v1/allowances/{org}/{bucket}',
    'post /v1/installations/{name}/settings/compare',
    'post /v1/migrations',
    'post /v1/migrations/{id}/pause',
    'post /v1/migrations/{id}/resume',
    'post /v1/migrations/{id}/retry',
    'put /v1/installations/{name}/settings/{key}',
  ]);
});

test('every operation needs a key but the health ones', async () => {
  expect(document.security).toEqual([{ key: [] }]);
  expect(document.components.securitySchemes).toMatchObject({ key: { type: 'http', scheme: 'bearer' } });
  const open = operations().filter(({ security }) => security?.length === 0);
  expect(open.map(({ path }) => path)).toEqual(['/healthz', '/readyz']);
});

test('every response but a good one is a problem document', async () => {
  const bad = operations()
    .filter(({ path }) => path.startsWith('/v1'))
    .flatMap(({ responses }) => Object.entries(responses).filter(([status]) => Number(status) >= 400));
  expect(bad.length).toBeGreaterThan(10);
  for (const [, { content }] of bad) {
    expect(content).toEqual({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    });
  }
});

test.each([
  ['post', '/v1/migrations', [200, 202, 400, 401, 409, 413, 415, 422, 500, 503]],
  ['get', '/v1/migrations', [200, 400, 401, 500, 503]],
  ['get', '/v1/migrations/{id}', [200, 400, 401, 404, 500, 503]],
  ['get', '/v1/migrations/{id}/failures', [200, 400, 401, 404, 500, 503]],
  ['post', '/v1/migrations/{id}/pause', [200, 400, 401, 404, 409, 413, 415, 500, 503]],
  ['post', '/v1/migrations/{id}/resume', [200, 400, 401, 404, 409, 413, 415, 500, 503]],
  ['get', '/v1/allowances', [200, 400, 401, 500, 503]],
  ['get', '/v1/installations/{name}/settings', [200, 400, 401, 404, 409, 500, 502, 503]],
  ['put', '/v1/installations/{name}/settings/{key}', [200, 400, 401, 404, 409, 413, 415, 500, 502, 503]],
  ['delete', '/v1/installations/{name}/token-data', [200, 400, 401, 404, 500, 503]],
  ['patch', '/v1/allowances/{org}/{bucket}', [200, 400, 401, 404, 413, 415, 500, 503]],
  ['post', '/v1/migrations/{id}/retry', [200, 400, 401, 404, 409, 413, 415, 500, 503]],
])('%s %s names every status it can answer with', (method, path, statuses) => {
  expect(Object.keys(operation(method, path).responses).map(Number)).toEqual(statuses);
});

test('starting names the Idempotency-Key and the Location', () => {
  const { parameters, responses } = operation('post', '/v1/migrations');
  expect(parameters).toContainEqual(expect.objectContaining({ name: 'idempotency-key', in: 'header' }));
  expect(responses[202]?.headers).toHaveProperty('location');
});

test('every response says what it means', () => {
  const texts = operations().flatMap(({ responses }) => Object.values(responses));
  expect(texts.map(({ description }) => description)).not.toContain('Default Response');
});

test('every body has an example, and each is valid by its schema', () => {
  const bodies = operations()
    .filter(({ path }) => path.startsWith('/v1'))
    .flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)])
    .flatMap((part) => Object.values(part?.content ?? {}));
  for (const { schema, example = exampleOf(schema) } of bodies) {
    expect(example).toBeDefined();
    expect(faults(schema, example)).toEqual([]);
  }
});

test('what is answered is what is documented', async () => {
  const started = await api.post({
    installation: 'werk',
    operation: 'create-panelists',
    selection: { ids: [1] },
  });
  const { responses } = operation('post', '/v1/migrations');
  expect(faults(jsonOf(responses, 202), started.body)).toEqual([]);
  await world.ownRows(
    "INSERT INTO failures (migration_id, subject_id, code, message) VALUES (?, 1, 'mail_missing', 'x')",
    [started.body.id],
  );
  await api.fastify.inject({
    method: 'PATCH',
    url: '/v1/allowances/acme/users',
    headers: AUTHORIZED,
    payload: { keepFree: '30%', expiresInSeconds: 60 },
  });
  for (const path of [
    '/v1/allowances',
    '/v1/migrations',
    '/v1/migrations/{id}',
    '/v1/migrations/{id}/failures',
    '/v1/migrations/{id}/skipped',
    '/readyz',
  ]) {
    const { body } = await api.get(path.replace('{id}', started.body.id));
    expect(faults(jsonOf(operation('get', path).responses, 200), body)).toEqual([]);
  }
  for (const move of ['retry', 'pause', 'resume']) {
    const path = `/v1/migrations/{id}/${move}`;
    const { body } = await postTo(api, path.replace('{id}', started.body.id), {});
    expect(faults(jsonOf(operation('post', path).responses, 200), body)).toEqual([]);
  }
});

test('a problem is what is documented', async () => {
  const { body } = await api.post({});
  expect(faults({ $ref: '#/components/schemas/Problem' }, body)).toEqual([]);
  expect(faults({ $ref: '#/components/schemas/Problem' }, { ...body, code: 7 })).not.toEqual([]);
});

test('the page shows the documentation with scripts and styles of its own', async () => {
  const get = (url: string) => api.fastify.inject({ url, headers: BASIC });
  const page = await get('/docs');
  const addresses = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
  expect(addresses.filter((address) => address.endsWith('.js')).length).toBeGreaterThan(1);
  for (const address of addresses) {
    expect(address).toMatch(/^\/docs\/static\//);
    expect((await get(address)).statusCode).toBe(200);
  }
});
