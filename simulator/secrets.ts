import { type Answer, type Call, created, empty, object } from './answer.ts';
import { type App, hasSecret } from './app.ts';
import { missing } from './app-errors.ts';
import { type Checked, notWellFormed, ok, validationFailed } from './errors.ts';
import { findApp } from './find-app.ts';
import { isRecord, unknownKeys } from './json.ts';
import type { Org } from './org.ts';
import { hashOf, newSecret, type Secret } from './secret.ts';

/** Okta, guide to client secret rotation: two at a time. */
const MOST_SECRETS = 2;
const LENGTH = { least: 14, most: 100 };

/** GET /api/v1/apps/{id}/credentials/secrets: recorded, all in clear. */
export function listSecrets(org: Org, { params: [id = ''] }: Call): Answer {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  return object(Array.from(app.value.secrets.walk(), (secret) => toSecret(org, app.value, secret)));
}

/** GET .../secrets/{secretId}. */
export function getSecret(org: Org, call: Call): Answer {
  return withSecret(org, call, (app, secret) => object(toSecret(org, app, secret)));
}

/** POST .../secrets: of the caller's choice or a random one. The refusals' words are INFERRED. */
export function createSecret(org: Org, { params: [id = ''], body = {} }: Call): Answer {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  if (!isRecord(body) || unknownKeys(body, ['client_secret', 'status']).length > 0) return notWellFormed;
  const { client_secret: value, status = 'ACTIVE' } = body;
  if (status !== 'ACTIVE' && status !== 'INACTIVE') return notWellFormed;
  if (value !== undefined && !isSecret(value)) return invalid('The value is invalid');
  if (!hasSecret(app.value)) return invalid('The client does not use a client secret.');
  if (app.value.secrets.size >= MOST_SECRETS) {
    return invalid(`The maximum number of client secrets is ${MOST_SECRETS}.`);
  }
  const secret = Object.assign(newSecret(org.ids, value), { status });
  app.value.secrets.add(secret);
  org.changes.tell({ kind: 'secret', what: 'created', app: app.value, secret });
  return created(toSecret(org, app.value, secret));
}

/** POST .../secrets/{secretId}/lifecycle/activate: recorded, the whole secret in the answer. */
export function activateSecret(org: Org, call: Call): Answer {
  return withSecret(org, call, (app, secret) => moveTo(org, app, secret, 'ACTIVE'));
}

/** POST .../secrets/{secretId}/lifecycle/deactivate: not of the only one. */
export function deactivateSecret(org: Org, call: Call): Answer {
  return withSecret(org, call, (app, secret) =>
    app.secrets.size === 1
      ? invalid('The only client secret cannot be deactivated.')
      : moveTo(org, app, secret, 'INACTIVE'),
  );
}

/** DELETE .../secrets/{secretId}: only of an inactive one. */
export function deleteSecret(org: Org, call: Call): Answer {
  return withSecret(org, call, (app, secret) => {
    if (secret.status === 'ACTIVE') return invalid('An active client secret cannot be deleted.');
    app.secrets.remove(secret.id);
    org.changes.tell({ kind: 'secret', what: 'deleted', app, secret });
    return empty;
  });
}

type Use = (app: App, secret: Secret) => Answer;

function withSecret(org: Org, { params: [id = '', secretId = ''] }: Call, use: Use): Answer {
  const app = findApp(org, id);
  if (app.kind === 'error') return app;
  const secret = findSecret(app.value, secretId);
  return secret.kind === 'error' ? secret : use(app.value, secret.value);
}

function findSecret(app: App, id: string): Checked<Secret> {
  const secret = app.secrets.get(id);
  return secret === undefined ? missing(id, 'OAuth2ClientSecret') : ok(secret);
}

function moveTo(org: Org, app: App, secret: Secret, status: Secret['status']): Answer {
  secret.status = status;
  secret.lastUpdatedMs = Date.now();
  const what = status === 'ACTIVE' ? 'activated' : 'deactivated';
  org.changes.tell({ kind: 'secret', what, app, secret });
  return object(toSecret(org, app, secret));
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && value.length >= LENGTH.least && value.length <= LENGTH.most;
}

function invalid(text: string): Answer {
  return validationFailed('client_secret', [`client_secret: ${text}`]);
}

function toSecret(org: Org, app: App, secret: Secret): Record<string, unknown> {
  const self = `${org.url}/api/v1/apps/${app.id}/credentials/secrets/${secret.id}`;
  return {
    id: secret.id,
    created: new Date(secret.createdMs).toISOString(),
    lastUpdated: new Date(secret.lastUpdatedMs).toISOString(),
    status: secret.status,
    client_secret: secret.value,
    secret_hash: hashOf(secret),
    _links:
      secret.status === 'ACTIVE'
        ? { deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ['POST'] } } }
        : {
            activate: { href: `${self}/lifecycle/activate`, hints: { allow: ['POST'] } },
            delete: { href: self, hints: { allow: ['DELETE'] } },
          },
  };
}
