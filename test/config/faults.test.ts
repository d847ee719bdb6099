import { generateKeyPairSync } from 'node:crypto';
import { environment, faultsAfter, faultsOf, minimal } from './support.ts';

const panelists = {
  table: 'teilnehmer',
  columns: { id: 'nr', email: 'post', firstName: 'vorname', lastName: 'nachname' },
};

test('a file and an environment that are in order have no fault', () => {
  expect(faultsOf(minimal())).toEqual([]);
});

test('faults of shape, of meaning and of the environment are named together, each at its path', () => {
  const faults = faultsAfter(
    (file) => {
      file.typo = true;
      file.api.port = '3000';
      file.api.keys.push(file.api.keys[0]);
      file.orgs.acme.baseUrl = 'http://acme.okta.com';
      file.installations.werk.org = 'akme';
      file.installations.werk.login = '{mail}';
      file.installations.labor = { ...file.installations.werk, groupId: 'short' };
    },
    { ...environment, OKTA_TOKEN: '', WERK_URL: undefined, REDIS_URL: 'http://redis' },
  );
  const paths = faults.map((fault) => String(fault.split(' ')[0]));
  expect(paths.sort((a, b) => a.localeCompare(b))).toEqual([
    '/api/port',
    '/installations/labor/groupId',
    '/installations/werk/database/env',
    '/installations/werk/login',
    '/installations/werk/login',
    '/installations/werk/org',
    '/orgs/acme/baseUrl',
    '/orgs/acme/credentials/apiToken/env',
    '/redis/url/env',
    '/typo',
  ]);
});

test('a file with very many faults has every one of them named', () => {
  const faults = faultsAfter((file) => {
    for (let n = 0; n < 50; n += 1) file.installations[`werk-${n}`] = {};
  });
  expect(faults.filter((fault) => fault.endsWith('/database is missing'))).toHaveLength(50);
});

test('an empty file has every setting that it needs named, with those of the environment', () => {
  expect(faultsOf({}, {}).map(({ path }) => path)).toEqual([
    '/api',
    '/orgs',
    '/installations',
    '/redis/url/env',
    '/database/env',
  ]);
});

test.each([[null], ['text'], [7], [[]], [true]])(
  '%j is no configuration, which is its only fault',
  (file) => {
    expect(faultsOf(file)).toEqual([{ path: '', message: 'must be object' }]);
  },
);

test.each([
  ['api', []],
  ['api', null],
  ['orgs', [{}]],
  ['orgs', 'acme'],
  ['installations', [{}]],
  ['installations', null],
  ['redis', 'redis://localhost'],
  ['database', []],
])('a misshapen /%s, %j, is a fault and no crash', (name, value) => {
  const faults = faultsAfter((file) => {
    file[name] = value;
  });
  expect(faults.join('\n')).toContain(`/${name} must be object`);
});

test.each(['orgs', 'installations'])('a name in /%s that no name may look like is a fault', (part) => {
  const faults = faultsAfter((file) => {
    file[part]['a/b~c'] = {};
  });
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual([`/${part}/a~1b~0c`]);
});

test('a misshapen part hides nothing about one whose name begins alike', () => {
  const faults = faultsAfter((file) => {
    file.installations['werk-2'] = {};
    file.installations.werk.org = 'akme';
  });
  expect(faults).toContain('/installations/werk/org names no configured org');
});

test.each([
  'https://exa mple.com',
  'https://[',
  'okta.com',
  'ftp://acme.okta.com',
  'https://acme.okta.com/api',
])('the base URL %s is a fault', (baseUrl) => {
  const faults = faultsAfter((file) => {
    file.orgs.acme.baseUrl = baseUrl;
  });
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(/^\/orgs\/acme\/baseUrl /);
});

test.each(['http://acme.okta.com', 'http://10.0.0.1', 'http://[2001:db8::1]'])(
  'the token does not travel to %s, which has no encryption',
  (baseUrl) => {
    const faults = faultsAfter((file) => {
      file.orgs.acme.baseUrl = baseUrl;
    });
    expect(faults).toEqual(['/orgs/acme/baseUrl must be https: the API token travels with every call']);
  },
);

test.each(['http://127.0.0.1:4000', 'http://localhost:4000', 'http://simulator:4000', 'http://[::1]:4000'])(
  'a rehearsal may call %s without encryption',
  (baseUrl) => {
    const faults = faultsAfter((file) => {
      file.orgs.acme.baseUrl = baseUrl;
    });
    expect(faults).toEqual([]);
  },
);

test.each([
  ['{mail}', 'knows {email}, {id}, {kind}, {installation}, not {mail}'],
  ['{e-mail}', 'knows {email}, {id}, {kind}, {installation}, not {e-mail}'],
  ['{}{email}', 'knows {email}, {id}, {kind}, {installation}, not {}'],
  ['{installation}', 'must hold {email} or {id}, or all people would share one login'],
])('the login template %s is a fault', (login, message) => {
  const faults = faultsAfter((file) => {
    file.installations.werk.login = login;
  });
  expect(faults).toContain(`/installations/werk/login ${message}`);
});

test('a login of ids alone must tell admins and panelists apart where both are configured', () => {
  const faultsOfLogin = (login: string) =>
    faultsAfter((file) => {
      Object.assign(file.installations.werk, {
        login,
        panelists,
        portals: { table: 'p', columns: { id: 'nr' } },
      });
    });
  expect(faultsOfLogin('{id}@example.com')).toHaveLength(1);
  expect(faultsOfLogin('{kind}-{id}@example.com')).toEqual([]);
});

test.each<[string, object, string]>([
  [
    'nobody to migrate',
    { admins: undefined },
    '/installations/werk must name admins, panelists or portals.app',
  ],
  [
    'a rule about expired logins without their column',
    { admins: { ...panelists, skip: { expiredLogins: true } } },
    '/installations/werk/admins/skip/expiredLogins needs columns.loginExpiresOn',
  ],
  [
    'a rule about statuses without their column',
    { panelists: { ...panelists, skip: { statuses: [9] } }, portals: { table: 'p', columns: { id: 'nr' } } },
    '/installations/werk/panelists/skip/statuses needs columns.status',
  ],
  [
    'panelists without portals',
    { panelists },
    '/installations/werk/panelists needs membership, or portals when every panelist is in every portal',
  ],
  [
    'a table name that could end the quotes around it',
    { admins: { ...panelists, table: 'a`b' } },
    '/installations/werk/admins/table must match pattern',
  ],
])('%s is a fault', (_, change, fault) => {
  const faults = faultsAfter((file) => {
    const { werk } = file.installations;
    Object.assign(werk, change);
    if (!werk.admins) delete werk.admins;
  });
  expect(faults.some((each) => each.startsWith(fault))).toBe(true);
});

const CHOICES: [string, object, string[]][] = [
  [
    'a most that is less than usual',
    { users: { perMinute: 600, maxPerMinute: 599 } },
    ['users/maxPerMinute must not be less than perMinute, 600'],
  ],
  [
    'a most below the default',
    { groups: { maxPerMinute: 499 } },
    ['groups/maxPerMinute must not be less than perMinute, 500'],
  ],
  [
    'a bucket that is all kept free',
    { users: { perMinute: 600, keepFree: 600 } },
    ['users/keepFree must leave at least one of 600 calls a minute'],
  ],
  [
    'a share that leaves less than a call',
    { users: { perMinute: 50, keepFree: '99%' } },
    ['users/keepFree must leave at least one of 50 calls a minute'],
  ],
  ['a share of everything', { users: { keepFree: '100%' } }, ['users/keepFree must match pattern']],
  ['less than nothing', { users: { keepFree: -1 } }, ['users/keepFree must be >= 0']],
  [
    'a share in other words',
    { users: { keepFree: 'a third' }, group: { keepFree: 0.3 } },
    ['users/keepFree must match pattern', 'group/keepFree must be'],
  ],
  [
    'several of them',
    { users: { perMinute: 10, maxPerMinute: 5, keepFree: 10 } },
    ['users/maxPerMinute must', 'users/keepFree must'],
  ],
  ['an unknown bucket', { user: { perMinute: 10 } }, ['user is not a known setting']],
];

test.each(CHOICES)('of an allowance, %s is a fault at its path', (_, allowances, wanted) => {
  const faults = faultsAfter((file) => {
    file.orgs.acme.allowances = allowances;
  });
  expect(faults).toHaveLength(wanted.length);
  for (const [i, fault] of wanted.entries()) expect(faults[i]).toContain(`/orgs/acme/allowances/${fault}`);
});

test.each([{ perMinute: 600, maxPerMinute: 600, keepFree: 599 }, { keepFree: '99%' }, {}])(
  'an allowance may be %j',
  (users) => {
    const faults = faultsAfter((file) => {
      file.orgs.acme.allowances = { users };
    });
    expect(faults).toEqual([]);
  },
);

test('jitter and concurrency have their bounds', () => {
  const faults = faultsAfter((file) => {
    Object.assign(file.orgs.acme, { jitterMs: 1_001, concurrency: 0 });
  });
  expect(faults).toEqual(['/orgs/acme/jitterMs must be <= 1000', '/orgs/acme/concurrency must be >= 1']);
});

test('two installations in one database are a fault, named by the second', () => {
  const faults = faultsAfter((file) => {
    file.installations.labor = file.installations.werk;
  });
  expect(faults).toEqual(['/installations/labor/database/env is the same database as that of werk']);
});

test('two API keys of one name are a fault', () => {
  const faults = faultsAfter((file) => {
    file.api.keys.push(file.api.keys[0]);
  });
  expect(faults).toEqual(['/api/keys/1/name is used twice']);
});

test.each(['postgres://localhost/efs', 'localhost'])('%s is no address of a MySQL database', (url) => {
  const faults = faultsAfter(() => {}, { ...environment, WERK_URL: url });
  expect(faults).toEqual(['/installations/werk/database/env WERK_URL must be a mysql://... address']);
});

test('an encrypted Redis is as good as any', () => {
  expect(faultsOf(minimal(), { ...environment, REDIS_URL: 'rediss://localhost' })).toEqual([]);
});

test('no fault repeats a secret, neither of the environment nor one written into the file by mistake', () => {
  const faults = faultsAfter(
    (file) => {
      file.api.keys[0].sha256 = 's3cret-key';
      file.orgs.acme.credentials.apiToken = 's3cret-token';
      file.database = 'mysql://portage:s3cret@localhost/portage';
      file.installations.werk.database = { env: 's3cret', password: 's3cret' };
    },
    { ...environment, REDIS_URL: 'https://:redis-s3cret@localhost' },
  );
  expect(faults.length).toBeGreaterThanOrEqual(5);
  expect(faults.join('\n')).not.toContain('s3cret');
});

describe('a service app', () => {
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  const env = { ...environment, OKTA_KEY: String(pem), ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') };
  const oauth = {
    clientId: '0oaServiceApp0000000',
    privateKey: { env: 'OKTA_KEY' },
    keyId: 'key-1',
    encryptionKey: { env: 'ENCRYPTION_KEY' },
  };
  const faultsWith = (credentials: object, values: Record<string, string | undefined> = {}) =>
    faultsAfter(
      (file) => {
        file.orgs.acme.credentials = credentials;
      },
      { ...env, ...values },
    );

  test('is as good as an API token', () => {
    expect(faultsWith({ oauth })).toEqual([]);
  });

  test('and an API token are not used at once, nor neither of them', () => {
    const wanted = ['/orgs/acme/credentials must have one of apiToken and oauth'];
    expect(faultsWith({ oauth, apiToken: { env: 'OKTA_TOKEN' } })).toEqual(wanted);
    expect(faultsWith({})).toEqual(wanted);
  });

  test('has every fault of its secrets named', () => {
    expect(faultsWith({ oauth }, { OKTA_KEY: undefined, ENCRYPTION_KEY: undefined })).toEqual([
      '/orgs/acme/credentials/oauth/privateKey/env environment variable OKTA_KEY is not set',
      '/orgs/acme/credentials/oauth/encryptionKey/env environment variable ENCRYPTION_KEY is not set',
    ]);
    expect(faultsWith({ oauth }, { OKTA_KEY: 'a password', ENCRYPTION_KEY: 'c2hvcnQ=' })).toEqual([
      '/orgs/acme/credentials/oauth/privateKey/env OKTA_KEY must be a private RSA or EC key, as a JWK or in PEM',
      '/orgs/acme/credentials/oauth/encryptionKey/env ENCRYPTION_KEY must be 32 bytes in Base64',
    ]);
  });

  test('has a key that Okta knows by a name', () => {
    expect(faultsWith({ oauth: { ...oauth, keyId: undefined } })).toEqual([
      '/orgs/acme/credentials/oauth/keyId is missing: the key in OKTA_KEY does not name itself',
    ]);
  });

  test('must not be proxied by what is no address', () => {
    const faults = faultsAfter(
      (file) => {
        file.orgs.acme.proxy = { env: 'PROXY' };
      },
      { ...env, PROXY: 'proxy:3128' },
    );
    expect(faults).toEqual(['/orgs/acme/proxy/env PROXY must be a http://... address']);
  });
});

test('settings that cannot be meant are faults', () => {
  const settings = { table: '', command: { write: [], timeoutSeconds: 10 }, secretKeys: ['smtp_password'] };
  const faults = faultsAfter((file) => {
    file.installations.werk.settings = settings;
  });
  expect(faults.map((fault) => fault.split(' ', 1).join()).sort((a, b) => a.localeCompare(b))).toEqual([
    '/installations/werk/settings/command/timeoutSeconds',
    '/installations/werk/settings/command/write',
    '/installations/werk/settings/secretKeys/0',
    '/installations/werk/settings/table',
    '/installations/werk/settings/table',
  ]);
});
