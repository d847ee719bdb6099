import { toConfig } from '../../src/config/load.ts';
import { createServiceApp } from '../support/service-app.ts';
import { environment, faultsAfter, minimal } from './support.ts';

const portals = {
  table: 'portals',
  columns: { id: 'id', name: 'name', urlName: 'url_name' },
  app: { redirectUris: ['https://werk.example.com/{urlName}/'] },
};

/** The faults of portals that are changed like this. */
const faults = (change: (portals: Loose, installation: Loose) => void) =>
  faultsAfter((file) => {
    const installation = file.installations.werk;
    Object.assign(installation, { portals: structuredClone(portals), customerName: 'Werk' });
    change(installation.portals, installation);
  });
// biome-ignore lint/suspicious/noExplicitAny: a file that is wrong has no type
type Loose = any;

test('portals that become apps are complete with a table, three columns and an address', () => {
  expect(faults(() => {})).toEqual([]);
  expect(faults((_, installation) => delete installation.admins)).toEqual([]);
  const file = minimal();
  const installation = { ...file.installations.werk, customerName: 'Werk', portals };
  const loaded = toConfig({ ...file, installations: { werk: installation } }, environment);
  expect(loaded.kind === 'valid' && loaded.config.installations.werk?.portals?.app).toEqual({
    label: '{customer} {portal}',
    redirectUris: ['https://werk.example.com/{urlName}/'],
    postLogoutRedirectUris: [],
    initiateLoginUri: null,
    grantTypes: ['authorization_code'],
    settings: { clientId: 'client_id', appId: 'okta_app_id', clientSecret: null },
  });
});

test('a template that needs what is not configured is a fault, and none that does not', () => {
  expect(faults((_, installation) => delete installation.customerName)).toEqual([
    "/installations/werk/portals/app/label holds {customer}, which needs the installation's customerName",
  ]);
  expect(faults(({ columns }) => delete columns.name)).toEqual([
    '/installations/werk/portals/columns/name is missing: app.label holds {portal}',
  ]);
  expect(faults(({ columns }) => delete columns.urlName)).toEqual([
    '/installations/werk/portals/columns/urlName is missing: a template of app holds {urlName}',
  ]);
  const plain = faults((portals, installation) => {
    portals.columns = { id: 'id' };
    portals.app = { label: '{portalId}', redirectUris: ['https://example.com/{portalId}'] };
    delete installation.customerName;
  });
  expect(plain).toEqual([]);
});

test('every template is checked, with its place', () => {
  const found = faults(({ app }) => {
    app.label = '{portal} of {who}';
    app.redirectUris.push('https://{host}/', '/relative', 'https://example.com/#fragment');
    app.postLogoutRedirectUris = ['javascript:alert(1)'];
    app.initiateLoginUri = 'https://{customer}.example.com';
  });
  const at = '/installations/werk/portals/app';
  const noAddress = 'must be an http or https address without a fragment';
  expect(found).toEqual([
    `${at}/redirectUris/1 knows {urlName}, {portalId}, {installation}, not {host}`,
    `${at}/redirectUris/2 ${noAddress}`,
    `${at}/redirectUris/3 ${noAddress}`,
    `${at}/postLogoutRedirectUris/0 ${noAddress}`,
    `${at}/initiateLoginUri knows {urlName}, {portalId}, {installation}, not {customer}`,
    `${at}/label knows {customer}, {portal}, {portalId}, {installation}, not {who}`,
  ]);
});

test('two settings of a portal have two keys, and offline portals a column', () => {
  const found = faults((portals) => {
    portals.app.settings = { appId: 'client_id' };
    portals.skip = { offline: true };
  });
  expect(found).toEqual([
    '/installations/werk/portals/skip/offline needs columns.online',
    '/installations/werk/portals/app/settings names a key twice',
  ]);
});

test.each([
  ['nobody asks for a right to apps that needs none', {}, []],
  ['portals need the right to manage apps', { portals, customerName: 'Werk' }, ['okta.apps.manage']],
  [
    "EFS' own app needs the right to read apps",
    { efsApp: { id: '0oa0123456789abcdefG' } },
    ['okta.apps.read'],
  ],
])('%s', async (_, installation, more) => {
  const { config } = await createServiceApp(true);
  const file = minimal();
  const { clientId, privateKey, encryptionKey } = config;
  const oauth = { clientId, privateKey: { env: 'KEY' }, encryptionKey: { env: 'ENCRYPTION_KEY' } };
  const loaded = toConfig(
    {
      ...file,
      orgs: { acme: { ...file.orgs.acme, credentials: { oauth } } },
      installations: { werk: { ...file.installations.werk, ...installation } },
    },
    { ...environment, KEY: privateKey, ENCRYPTION_KEY: encryptionKey },
  );
  const scopes = loaded.kind === 'valid' && loaded.config.orgs.acme?.credentials;
  expect(scopes).toMatchObject({
    scopes: ['okta.users.manage', 'okta.groups.manage', 'okta.schemas.read', ...more],
  });
});
