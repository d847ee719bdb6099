import { createHash } from 'node:crypto';
import { type App, hasSecret } from './app.ts';
import type { Org } from './org.ts';

/** Recorded: only the answers to creation and update show the secret. */
export type Shown = 'with-secret' | 'without-secret';

/** An app as the API shows it. Recorded on OIDC apps of real orgs. */
export function toApp(org: Org, app: App, shown: Shown = 'without-secret'): Record<string, unknown> {
  const { label, accessibility, visibility, profile } = app.details;
  return {
    id: app.id,
    orn: `orn:okta:idp:${org.orgId}:apps:${app.name}:${app.id}`,
    name: app.name,
    label,
    status: app.status,
    lastUpdated: new Date(app.lastUpdatedMs).toISOString(),
    created: new Date(app.createdMs).toISOString(),
    accessibility,
    visibility: { ...visibility, appLinks: { [`${app.name}_link`]: true } },
    features: [],
    signOnMode: app.signOnMode,
    ...(profile !== null && { profile }),
    credentials: toCredentials(org, app, shown),
    settings: { ...app.details.settings, ...(app.oauth && { oauthClient: app.oauth.settings }) },
    _links: linksOf(org, app),
  };
}

function toCredentials(org: Org, app: App, shown: Shown): Record<string, unknown> {
  const { oauth } = app;
  return {
    userNameTemplate: app.details.userNameTemplate,
    signing: { kid: createHash('sha256').update(org.orgId).digest('base64url') },
    ...(oauth && {
      oauthClient: {
        autoKeyRotation: oauth.autoKeyRotation,
        client_id: oauth.clientId,
        ...(shown === 'with-secret' && hasSecret(app) && { client_secret: newestSecret(app) }),
        token_endpoint_auth_method: oauth.authMethod,
        pkce_required: oauth.pkceRequired,
      },
    }),
  };
}

function newestSecret(app: App): string | undefined {
  return [...app.secrets.walk()].findLast(({ status }) => status === 'ACTIVE')?.value;
}

function linksOf(org: Org, app: App): Record<string, unknown> {
  const self = `${org.url}/api/v1/apps/${app.id}`;
  const move = app.status === 'ACTIVE' ? 'deactivate' : 'activate';
  return {
    uploadLogo: { href: `${self}/logo`, hints: { allow: ['POST'] } },
    appLinks: [
      {
        name: `${app.name}_link`,
        href: `${org.url}/home/${app.name}/${app.id}/aln177a159h7Zf52X0g8`,
        type: 'text/html',
      },
    ],
    policies: { href: `${self}/policies`, hints: { allow: ['PUT'] } },
    groups: { href: `${self}/groups` },
    logo: [{ name: 'medium', href: `${org.url}/assets/img/logos/default.png`, type: 'image/png' }],
    ...(hasSecret(app) && {
      clientCredentials: [{ name: 'secrets', href: `${self}/credentials/secrets` }],
    }),
    users: { href: `${self}/users` },
    [move]: { href: `${self}/lifecycle/${move}` },
  };
}
