import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import { loadConfig, toConfig } from '../../src/config/load.ts';
import { environment, minimal } from './support.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portage-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function loadText(text: string) {
  const path = join(folder, 'config.json');
  writeFileSync(path, text);
  return loadConfig({ ...environment, PORTAGE_CONFIG: path });
}

function configOf(file: unknown): Config {
  const loaded = toConfig(file, environment);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded.config;
}

test('the file that PORTAGE_CONFIG names is loaded and completed with defaults and secrets', () => {
  const { orgs, installations, api } = minimal();
  const usual = {
    users: 600,
    'user-read': 1_000,
    groups: 500,
    group: 600,
    token: 1_200,
    api: 600,
    apps: 100,
    app: 600,
  };
  expect(loadText(JSON.stringify(minimal()))).toEqual({
    kind: 'valid',
    config: {
      api: { host: '127.0.0.1', port: 3000, keys: api.keys },
      redis: { url: 'redis://localhost', prefix: 'portage' },
      databaseUrl: environment.DATABASE_URL,
      orgs: {
        acme: {
          name: 'acme',
          baseUrl: orgs.acme.baseUrl,
          credentials: { kind: 'api-token', token: 'okta-s3cret' },
          proxyUrl: null,
          windowMs: 60_000,
          probeMs: 30_000,
          requestTimeoutMs: 30_000,
          jitterMs: 100,
          concurrency: 40,
          perMinute: usual,
          maxPerMinute: usual,
          keepFree: { users: 0, 'user-read': 0, groups: 0, group: 0, token: 0, api: 0, apps: 0, app: 0 },
        },
      },
      installations: {
        werk: {
          name: 'werk',
          org: 'acme',
          databaseUrl: environment.WERK_URL,
          groupId: installations.werk.groupId,
          login: '{email}',
          markerAttribute: 'employeeNumber',
          adoptExisting: 'never',
          settings: null,
          admins: installations.werk.admins,
        },
      },
    },
  });
});

test('what the file says goes before the defaults', () => {
  const { api, orgs, ...rest } = minimal();
  const {
    api: served,
    redis,
    databaseUrl,
    orgs: called,
  } = configOf({
    ...rest,
    api: { ...api, host: '0.0.0.0', port: 0 },
    redis: { prefix: 'other', url: { env: 'REDIS_URL' } },
    database: { env: 'WERK_URL' },
    installations: { werk: { ...rest.installations.werk, database: { env: 'DATABASE_URL' } } },
    orgs: {
      acme: {
        ...orgs.acme,
        allowances: { users: { perMinute: 90, maxPerMinute: 180, keepFree: 30 } },
        windowSeconds: 2,
        jitterMs: 250,
        concurrency: 5,
      },
    },
  });
  expect(served).toMatchObject({ host: '0.0.0.0', port: 0 });
  expect(redis.prefix).toBe('other');
  expect(databaseUrl).toBe(environment.WERK_URL);
  expect(called.acme).toMatchObject({
    windowMs: 2_000,
    jitterMs: 250,
    concurrency: 5,
    perMinute: { users: 90, group: 600 },
    maxPerMinute: { users: 180, group: 600 },
    keepFree: { users: 30, group: 0 },
  });
});

test.each([
  ['30%', { perMinute: 600 }, 180],
  ['30%', {}, 180],
  ['7%', { perMinute: 600 }, 42],
  ['30%', { perMinute: 5 }, 2],
  ['0%', { perMinute: 5 }, 0],
  [45, { perMinute: 600 }, 45],
])(
  'keeping %s free of %j is %i calls a minute, and never less than the share',
  (keepFree, allowance, calls) => {
    const { orgs, ...rest } = minimal();
    const allowances = { users: { ...allowance, keepFree } };
    const { acme } = configOf({ ...rest, orgs: { acme: { ...orgs.acme, allowances } } }).orgs;
    expect(acme?.keepFree.users).toBe(calls);
  },
);

test('the most calls are those of the bucket as configured, unless the file says more', () => {
  const { orgs, ...rest } = minimal();
  const allowances = { users: { perMinute: 90 }, groups: { maxPerMinute: 1_000 } };
  const { acme } = configOf({ ...rest, orgs: { acme: { ...orgs.acme, allowances } } }).orgs;
  expect(acme?.maxPerMinute).toMatchObject({ users: 90, groups: 1_000, group: 600 });
});

test('a configuration cannot be changed, at any depth', () => {
  const config = configOf(minimal()) as unknown as {
    orgs: { acme: { perMinute: { users: number } } };
    installations: { werk: { admins: { columns: { id: string } } } };
  };
  expect(() => {
    config.orgs.acme.perMinute.users = 1;
  }).toThrow(TypeError);
  expect(() => {
    config.installations.werk.admins.columns.id = 'other';
  }).toThrow(TypeError);
});

test('a file that is not there is a fault that names it', () => {
  const path = join(folder, 'nowhere.json');
  const loaded = loadConfig({ ...environment, PORTAGE_CONFIG: path });
  expect(loaded).toMatchObject({
    kind: 'faulty',
    faults: [{ path: '', message: expect.stringContaining(path) }],
  });
});

test('a file that is not JSON is a fault that does not quote it', () => {
  const loaded = loadText('{"token": s3cret-t}');
  expect(loaded).toMatchObject({ kind: 'faulty', faults: [{ path: '' }] });
  expect(JSON.stringify(loaded)).not.toContain('s3cret');
});

test('a faulty file gives its faults and no configuration', () => {
  expect(loadText('{}')).toMatchObject({ kind: 'faulty' });
  expect(loadText('{}')).not.toHaveProperty('config');
});

test('settings are completed with defaults', () => {
  const file = minimal();
  const settings = { columns: { key: 'schluessel' }, command: { write: ['helper'] } };
  Object.assign(file.installations.werk, { settings });
  expect(configOf(file).installations.werk?.settings).toEqual({
    table: 'config',
    columns: { key: 'schluessel', value: 'value' },
    command: { write: ['helper'], read: null, timeoutMs: 8_000 },
    secretKeys: [],
  });
});
