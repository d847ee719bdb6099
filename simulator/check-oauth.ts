import type { Json, OAuthClient } from './app.ts';
import { recordOf } from './check-app.ts';
import { type Checked, ok, validationFailed } from './errors.ts';

const APPLICATION_TYPES = ['web', 'native', 'browser', 'service'];
const AUTH_METHODS = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
  'none',
];
const RESPONSE_TYPES = ['code', 'token', 'id_token'];
const GRANT_TYPES = [
  'authorization_code',
  'client_credentials',
  'implicit',
  'interaction_code',
  'password',
  'refresh_token',
];

/** Grants that send nobody to a browser and back. */
const GRANTS_WITHOUT_REDIRECT = ['client_credentials', 'password'];

const CLIENT_ID = /^[\w$\-.+!*'(),]{6,100}$/;
const CLIENT_SECRET = /^[\x20-\x7e]{14,100}$/;

/** In the order in which Okta shows them, as recorded. */
const SETTINGS = {
  client_uri: null,
  logo_uri: null,
  redirect_uris: [],
  response_types: [],
  grant_types: [],
  application_type: 'web',
  consent_method: 'TRUSTED',
  issuer_mode: 'ORG_URL',
  idp_initiated_login: { mode: 'DISABLED', default_scope: [] },
  wildcard_redirect: 'DISABLED',
  dpop_bound_access_tokens: false,
  participate_slo: false,
};

/** An OIDC client as asked for; without ids of its own it is named like its app. */
export interface GivenClient extends Omit<OAuthClient, 'clientId'> {
  readonly clientId: string | null;
  readonly secret: string | null;
}

/** Okta, Apps API: credentials.oauthClient and settings.oauthClient. Wordings but the fragment's are INFERRED. */
export function checkOAuth(body: Json): Checked<GivenClient> {
  const credentials = recordOf(recordOf(body.credentials).oauthClient);
  const settings = { ...SETTINGS, ...recordOf(recordOf(body.settings).oauthClient) };
  const authMethod = credentials.token_endpoint_auth_method ?? 'client_secret_basic';
  const pkceRequired = credentials.pkce_required ?? true;
  const faults = [
    ...faultsOfCredentials(credentials, authMethod, pkceRequired),
    ...faultsOfSettings(settings, authMethod),
  ];
  const [first] = faults;
  if (first !== undefined) {
    return validationFailed(
      first.field,
      faults.map(({ field, text }) => `${field}: ${text}`),
    );
  }
  return ok({
    clientId: (credentials.client_id as string | null | undefined) ?? null,
    secret: (credentials.client_secret as string | null | undefined) ?? null,
    authMethod: authMethod as string,
    pkceRequired: pkceRequired as boolean,
    autoKeyRotation: credentials.autoKeyRotation !== false,
    settings,
  });
}

interface FieldFault {
  readonly field: string;
  readonly text: string;
}

function faultsOfCredentials(given: Json, authMethod: unknown, pkceRequired: unknown): FieldFault[] {
  const { client_id: id = null, client_secret: secret = null } = given;
  return [
    ...unless(id === null || isMatch(CLIENT_ID, id), 'client_id', INVALID),
    ...unless(secret === null || isMatch(CLIENT_SECRET, secret), 'client_secret', INVALID),
    ...unless(isOneOf(AUTH_METHODS, authMethod), 'token_endpoint_auth_method', INVALID),
    ...unless(typeof pkceRequired === 'boolean', 'pkce_required', INVALID),
    ...unless(
      authMethod !== 'none' || pkceRequired !== false,
      'pkce_required',
      "'pkce_required' must be true when 'token_endpoint_auth_method' is 'none'.",
    ),
  ];
}

function faultsOfSettings(settings: typeof SETTINGS & Json, authMethod: unknown): FieldFault[] {
  const { application_type: type, grant_types: grants, redirect_uris: uris } = settings;
  const redirects = !areAll(GRANTS_WITHOUT_REDIRECT, grants);
  return [
    ...unless(isOneOf(APPLICATION_TYPES, type), 'application_type', INVALID),
    ...unless(isFilled(grants), 'grant_types', BLANK),
    ...unless(areAll(GRANT_TYPES, grants), 'grant_types', INVALID),
    ...unless(!redirects || isFilled(settings.response_types), 'response_types', BLANK),
    ...unless(areAll(RESPONSE_TYPES, settings.response_types), 'response_types', INVALID),
    ...unless(!redirects || isFilled(uris), 'redirect_uris', BLANK),
    ...faultsOfUris(uris, 'redirect_uris'),
    ...faultsOfUris(settings.post_logout_redirect_uris ?? [], 'post_logout_redirect_uris'),
    ...unless(
      type !== 'browser' || authMethod === 'none',
      'token_endpoint_auth_method',
      "'token_endpoint_auth_method' must be 'none' when 'application_type' is 'browser'.",
    ),
    ...unless(
      authMethod !== 'private_key_jwt' || 'jwks' in settings || 'jwks_uri' in settings,
      'jwks',
      "'jwks' or 'jwks_uri' must be set when 'token_endpoint_auth_method' is 'private_key_jwt'.",
    ),
  ];
}

/** The fragment's wording is reported in the wild, its doubled quotes too. */
function faultsOfUris(uris: unknown, field: string): FieldFault[] {
  if (!Array.isArray(uris)) return [{ field, text: INVALID }];
  return uris.flatMap((uri) => [
    ...unless(typeof uri === 'string' && URL.canParse(uri), field, `''${field}'' must be valid URIs.`),
    ...unless(!String(uri).includes('#'), field, `''${field}'' must not contain a fragment identifier.`),
  ]);
}

const INVALID = 'The value is invalid';
const BLANK = 'The field cannot be left blank';

function unless(right: boolean, field: string, text: string): FieldFault[] {
  return right ? [] : [{ field, text }];
}

function isMatch(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isOneOf(known: readonly string[], value: unknown): boolean {
  return typeof value === 'string' && known.includes(value);
}

function areAll(known: readonly string[], values: unknown): boolean {
  return Array.isArray(values) && values.every((value) => isOneOf(known, value));
}

function isFilled(values: unknown): boolean {
  return Array.isArray(values) && values.length > 0;
}
