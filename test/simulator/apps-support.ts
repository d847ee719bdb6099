import type { GivenOptions } from '../../simulator/options.ts';
import { type Manners, type Org, startOrg } from './support.ts';

export interface AppBody {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly status: string;
  readonly created: string;
  readonly credentials: { readonly oauthClient: Readonly<Record<string, unknown>> };
  readonly settings: { readonly oauthClient: Readonly<Record<string, unknown>> };
  readonly _links: Readonly<Record<string, unknown>>;
}

/** An org whose apps bucket is in nobody's way. */
export async function startAppOrg(options: Partial<GivenOptions> = {}, manners?: Manners): Promise<Org> {
  return startOrg({ perMinute: { apps: 100_000 }, ...options }, manners);
}

/** A body for POST /apps: a portal with a login page of its own. */
export function portal(label: string, client: object = {}, settings: object = {}) {
  return {
    name: 'oidc_client',
    label,
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic', ...client } },
    settings: {
      oauthClient: {
        application_type: 'web',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: ['https://portal.example.com/login'],
        ...settings,
      },
    },
  };
}

export async function createPortal(org: Org, label: string, client: object = {}): Promise<AppBody> {
  const reply = await org.call<AppBody>('POST', '/apps', portal(label, client));
  expect(reply.status).toBe(200);
  return reply.body;
}
