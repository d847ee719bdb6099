import { type Answer, type Call, object } from './answer.ts';
import { type App, hasSecret, type OAuthClient } from './app.ts';
import { checkDetails } from './check-app.ts';
import { checkOAuth, type GivenClient } from './check-oauth.ts';
import { createCollection } from './collection.ts';
import { type Checked, notWellFormed, ok, validationFailed } from './errors.ts';
import { PROVISIONING_APPS } from './features.ts';
import { isRecord } from './json.ts';
import type { Org } from './org.ts';
import { newSecret } from './secret.ts';
import { toApp } from './to-app.ts';

/** POST /api/v1/apps. Okta, Apps API: create an application. */
export function createApp(org: Org, { url, body }: Call): Answer {
  if (!isRecord(body)) return notWellFormed;
  const details = checkDetails(org, body, null);
  if (details.kind === 'error') return details;
  const kind = checkKind(body);
  if (kind.kind === 'error') return kind;
  const client = kind.value.isOidc ? checkOAuth(body) : ok(null);
  if (client.kind === 'error') return client;
  const taken = client.value?.clientId ?? null;
  if (taken !== null && org.clientIds.has(taken)) return clientIdTaken();

  const now = Date.now();
  const id = org.ids.next('0oa');
  const app: App = {
    id,
    name: kind.value.name,
    signOnMode: kind.value.signOnMode,
    status: url.searchParams.get('activate') === 'false' ? 'INACTIVE' : 'ACTIVE',
    createdMs: now,
    lastUpdatedMs: now,
    details: details.value,
    oauth: client.value === null ? null : toClient(client.value, id),
    secrets: createCollection(),
    features: new Map(),
    groups: createCollection(),
    users: createCollection(),
  };
  if (hasSecret(app)) app.secrets.add(newSecret(org.ids, client.value?.secret ?? undefined));
  org.apps.add(app);
  if (app.oauth !== null) org.clientIds.add(app.oauth.clientId);
  org.changes.tell({ kind: 'app', what: 'created', app });
  return object(toApp(org, app, 'with-secret'));
}

/** INFERRED: worded like a login that is taken. */
export function clientIdTaken(): Answer {
  return validationFailed('client_id', [
    'client_id: An object with this field already exists in the current organization',
  ]);
}

export function toClient(given: GivenClient, fallbackId: string): OAuthClient {
  const { authMethod, pkceRequired, autoKeyRotation, settings } = given;
  return { clientId: given.clientId ?? fallbackId, authMethod, pkceRequired, autoKeyRotation, settings };
}

interface Kind {
  readonly name: string;
  readonly signOnMode: string;
  readonly isOidc: boolean;
}

/** Reported in the wild: "mediated" and its cause when name and sign-on mode do not fit. */
function checkKind({ name, signOnMode }: Record<string, unknown>): Checked<Kind> {
  const isOidc = name === 'oidc_client' && signOnMode === 'OPENID_CONNECT';
  if (!isOidc && (typeof name !== 'string' || !PROVISIONING_APPS.includes(name))) {
    return validationFailed('mediated', ['Invalid signOnMode']);
  }
  return ok({ name, signOnMode: typeof signOnMode === 'string' ? signOnMode : 'AUTO_LOGIN', isOidc });
}
