import type { SubjectId } from './ids.ts';
import { markerText } from './marker.ts';
import { type Placeholders, render } from './template.ts';

/** A portal as the installation has it. */
export interface Portal {
  id: SubjectId;
  name: string;
  /** The part of its address that editors can change. */
  urlName: string;
}

/** How an installation's portals become OIDC apps. */
export interface PortalApps {
  /** Templates; see `labelPlaceholders` and `uriPlaceholders`. */
  label: string;
  redirectUris: readonly string[];
  postLogoutRedirectUris: readonly string[];
  initiateLoginUri: string | null;
  grantTypes: readonly string[];
  /** The keys of `iam_portal_settings` that are written; with `clientSecret` the apps have a secret. */
  settings: { clientId: string; appId: string; clientSecret: string | null };
}

/** As far as the configuration says nothing else. */
export const defaultPortalApps = {
  label: '{customer} {portal}',
  grantTypes: ['authorization_code'],
  settings: { clientId: 'client_id', appId: 'okta_app_id' },
} as const;

export const labelPlaceholders = ['customer', 'portal', 'portalId', 'installation'] as const;
export const uriPlaceholders = ['urlName', 'portalId', 'installation'] as const;

/** Okta's longest label. */
const LONGEST_LABEL = 100;
/** What is the same in a path, in a host's name and encoded. */
const URL_NAME = /^[A-Za-z0-9._~-]+$/;

/** Where Okta may send people of one portal. */
export interface PortalUris {
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  initiateLoginUri: string | null;
}

/** An app of Okta's, as it is created. Okta, Applications API. */
export interface NewApp {
  name: 'oidc_client';
  label: string;
  signOnMode: 'OPENID_CONNECT';
  profile: Readonly<Record<string, string>>;
  credentials: { oauthClient: Readonly<Record<string, unknown>> };
  settings: { oauthClient: Readonly<Record<string, unknown>> };
}

/** Where in an app's profile its marker is. */
const MARKER = 'portage';

const marker = (installation: string, id: SubjectId) => markerText({ installation, kind: 'portal', id });

/** Whether this portal is what Portage created the app for; `profile` holds what anybody has written there. */
export function isAppOf(installation: string, id: SubjectId, profile: unknown): boolean {
  return (
    typeof profile === 'object' &&
    profile !== null &&
    (profile as Record<string, unknown>)[MARKER] === marker(installation, id)
  );
}

/** Null when a template needs the URL name and it is none. */
export function urisOf(portal: Portal, installation: string, apps: PortalApps): PortalUris | null {
  const { redirectUris, postLogoutRedirectUris, initiateLoginUri } = apps;
  const templates = [...redirectUris, ...postLogoutRedirectUris, initiateLoginUri ?? ''];
  const isNeeded = templates.some((template) => template.includes('{urlName}'));
  if (isNeeded && !URL_NAME.test(portal.urlName)) return null;
  const values: Placeholders<typeof uriPlaceholders> = {
    urlName: portal.urlName,
    portalId: String(portal.id),
    installation,
  };
  const fill = (template: string) => render(template, values);
  return {
    redirectUris: redirectUris.map(fill),
    postLogoutRedirectUris: postLogoutRedirectUris.map(fill),
    initiateLoginUri: initiateLoginUri === null ? null : fill(initiateLoginUri),
  };
}

/** Whose app it is by the label; people read it, Portage does not rely on it. */
export function labelOf(
  { id, name }: Portal,
  installation: string,
  customer: string,
  { label }: Pick<PortalApps, 'label'>,
): string {
  const values: Placeholders<typeof labelPlaceholders> = {
    customer,
    portal: name.trim(),
    portalId: String(id),
    installation,
  };
  const loneHalf = /[\uD800-\uDBFF]$/;
  return render(label, values).slice(0, LONGEST_LABEL).replace(loneHalf, '').trim();
}

/** What the labels of all portals of an installation begin with; may be empty. */
export function labelStart(
  installation: string,
  customer: string,
  { label }: Pick<PortalApps, 'label'>,
): string {
  const [start = ''] = label.split(/\{portal(?:Id)?\}/);
  return render(start, { customer, installation }).trim();
}

/**
 * The app of a portal. Its client id follows from the portal, so that Okta itself refuses a second one, however many
 * attempts are under way: a client id is unique (RFC 6749, 2.2), a label is not.
 */
export function newApp(
  portal: Portal,
  installation: string,
  label: string,
  uris: PortalUris,
  { grantTypes, settings: { clientSecret } }: PortalApps,
): NewApp {
  const hasSecret = clientSecret !== null;
  return {
    name: 'oidc_client',
    label,
    signOnMode: 'OPENID_CONNECT',
    profile: { [MARKER]: marker(installation, portal.id) },
    credentials: {
      oauthClient: {
        client_id: `portage.${installation}.portal.${portal.id}`,
        token_endpoint_auth_method: hasSecret ? 'client_secret_basic' : 'none',
        pkce_required: true,
      },
    },
    settings: {
      oauthClient: {
        application_type: hasSecret ? 'web' : 'browser',
        grant_types: grantTypes,
        response_types: ['code'],
        ...toOkta(uris),
      },
    },
  };
}

/** Okta's `settings.oauthClient`, as far as these are in it. */
export interface OktaUris {
  redirect_uris?: string[];
  post_logout_redirect_uris?: string[];
  initiate_login_uri?: string | null;
}

export function toOkta({ redirectUris, postLogoutRedirectUris, initiateLoginUri }: PortalUris): OktaUris {
  return {
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris,
    ...(initiateLoginUri !== null && { initiate_login_uri: initiateLoginUri }),
  };
}

/** Whether Okta may send people just there; the order says nothing. What Portage does not configure is not its own. */
export function haveSameUris(found: OktaUris, wanted: PortalUris): boolean {
  const { redirectUris, postLogoutRedirectUris, initiateLoginUri } = wanted;
  return (
    isSameSet(found.redirect_uris, redirectUris) &&
    isSameSet(found.post_logout_redirect_uris, postLogoutRedirectUris) &&
    (initiateLoginUri === null || found.initiate_login_uri === initiateLoginUri)
  );
}

function isSameSet(one: readonly string[] = [], other: readonly string[]): boolean {
  const [a, b] = [new Set(one), new Set(other)];
  return a.size === b.size && a.isSubsetOf(b);
}

/** An app of Okta's, as far as it is compared. */
export interface FoundApp {
  id: string;
  status: string;
  profile?: unknown;
  settings?: { oauthClient?: OktaUris };
}

/** What is to be done about the app of a portal that is registered. */
export type PortalPlan =
  | { kind: 'unchanged' }
  | { kind: 'readdress'; uris: PortalUris }
  | { kind: 'deactivate' }
  | {
      kind: 'blocked';
      code: 'app_foreign' | 'app_inactive' | 'portal_removed' | 'url_name_invalid';
      appId: string;
    };

/** `portal` is null when EFS has it no more; `deactivates`: then its app is to be deactivated. */
export function planUpdate(
  app: FoundApp,
  id: SubjectId,
  portal: Portal | null,
  { installation, apps, deactivates }: { installation: string; apps: PortalApps; deactivates: boolean },
): PortalPlan {
  const blocked = (code: Extract<PortalPlan, { kind: 'blocked' }>['code']): PortalPlan => ({
    kind: 'blocked',
    code,
    appId: app.id,
  });
  if (!isAppOf(installation, id, app.profile)) return blocked('app_foreign');
  if (!portal) {
    if (app.status !== 'ACTIVE') return { kind: 'unchanged' };
    return deactivates ? { kind: 'deactivate' } : blocked('portal_removed');
  }
  if (app.status !== 'ACTIVE') return blocked('app_inactive');
  const uris = urisOf(portal, installation, apps);
  if (!uris) return blocked('url_name_invalid');
  return haveSameUris(app.settings?.oauthClient ?? {}, uris)
    ? { kind: 'unchanged' }
    : { kind: 'readdress', uris };
}
