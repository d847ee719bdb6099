import type { SubjectId } from '../../src/domain/ids.ts';
import {
  haveSameUris,
  isAppOf,
  labelOf,
  labelStart,
  newApp,
  type PortalApps,
  type PortalUris,
  urisOf,
} from '../../src/domain/portal.ts';

const id = 7 as SubjectId;
const portal = { id, name: 'Meinungsstudio', urlName: 'studio' };
const apps: PortalApps = {
  label: '{customer} {portal}',
  redirectUris: ['https://{installation}.example.com/{urlName}/', 'https://example.com/{portalId}'],
  postLogoutRedirectUris: [],
  initiateLoginUri: null,
  grantTypes: ['authorization_code'],
  settings: { clientId: 'client_id', appId: 'okta_app_id', clientSecret: null },
};
const uris: PortalUris = { redirectUris: ['a', 'b'], postLogoutRedirectUris: [], initiateLoginUri: null };

test('addresses follow from the templates', () => {
  expect(urisOf(portal, 'werk', apps)?.redirectUris).toEqual([
    'https://werk.example.com/studio/',
    'https://example.com/7',
  ]);
});

test.each(['', 'zwei Wörter', 'a/b', 'a%2fb', 'a?b', 'ä'])(
  'the URL name "%s" fits in no address, and does no harm where none needs it',
  (urlName) => {
    expect(urisOf({ ...portal, urlName }, 'werk', apps)).toBeNull();
    const without = { ...apps, redirectUris: ['https://example.com/{portalId}'] };
    expect(urisOf({ ...portal, urlName }, 'werk', without)).not.toBeNull();
  },
);

test("a label is never longer than Okta's longest, nor is a character cut in two", () => {
  expect(labelOf(portal, 'werk', 'Muster', apps)).toBe('Muster Meinungsstudio');
  const long = labelOf({ ...portal, name: '🎉'.repeat(100) }, 'werk', 'Muster', apps);
  expect(long).toBe(`Muster ${'🎉'.repeat(46)}`);
  expect(labelOf({ ...portal, name: ' {urlName} ' }, 'werk', 'Muster', apps)).toBe('Muster {urlName}');
});

test('the labels of an installation begin with what comes before the portal', () => {
  expect(labelStart('werk', 'Muster', apps)).toBe('Muster');
  expect(labelStart('werk', 'Muster', { label: '{installation}: {portalId}, {portal}' })).toBe('werk:');
  expect(labelStart('werk', 'Muster', { label: '{portal}' })).toBe('');
});

test('an app is that of one portal of one installation, whatever else is in its profile', () => {
  const { profile } = newApp(portal, 'werk', 'Label', uris, apps);
  expect(isAppOf('werk', id, { ...profile, more: 1 })).toBe(true);
  expect(isAppOf('werk', 70 as SubjectId, profile)).toBe(false);
  expect(isAppOf('werk2', id, profile)).toBe(false);
  for (const other of [undefined, null, 'werk/portal/7', {}, { portage: 7 }])
    expect(isAppOf('werk', id, other)).toBe(false);
});

test('without a secret an app is a browser, with one a web server; both prove who began the login', () => {
  const withSecret = { ...apps, settings: { ...apps.settings, clientSecret: 'secret' } };
  const kinds = [apps, withSecret].map((each) => {
    const { credentials, settings } = newApp(portal, 'werk', 'Label', uris, each);
    const { token_endpoint_auth_method: method, pkce_required: pkce } = credentials.oauthClient;
    return [settings.oauthClient.application_type, method, pkce];
  });
  expect(kinds).toEqual([
    ['browser', 'none', true],
    ['web', 'client_secret_basic', true],
  ]);
});

test('the client id follows from the portal, and Okta can take it', () => {
  const longest = newApp({ ...portal, id: 2_147_483_647 as SubjectId }, 'a'.repeat(32), 'Label', uris, apps);
  const clientIds = [newApp(portal, 'werk', 'Label', uris, apps), longest].map(
    ({ credentials }) => credentials.oauthClient.client_id,
  );
  expect(clientIds[0]).toBe('portage.werk.portal.7');
  for (const clientId of clientIds) expect(clientId).toMatch(/^[\w$\-.+!*'(),]{6,100}$/);
});

test('addresses are compared whatever their order, and only those that are configured', () => {
  const same = { redirect_uris: ['b', 'a'], initiate_login_uri: 'https://by-hand.example.com' };
  expect(haveSameUris(same, uris)).toBe(true);
  expect(haveSameUris({ ...same, redirect_uris: ['a'] }, uris)).toBe(false);
  expect(haveSameUris({ ...same, redirect_uris: ['a', 'b', 'c'] }, uris)).toBe(false);
  expect(haveSameUris({ ...same, post_logout_redirect_uris: ['c'] }, uris)).toBe(false);
  expect(haveSameUris(same, { ...uris, initiateLoginUri: 'other' })).toBe(false);
  expect(haveSameUris({}, uris)).toBe(false);
});
