import type { Reply } from './reply.ts';

/** What Portage shows Okta with one call. */
export interface Credential {
  headersFor(method: string, url: string): Promise<Record<string, string>>;
  /** Okta has refused it, and said why: it is not shown again. */
  refused(why: Refusal): Promise<void>;
}

export type Refusal = Exclude<Reply<never>, { kind: 'ok' }>;
export type Obtained = { kind: 'ok'; credential: Credential } | Refusal;

/** Who Portage is to one org. */
export interface Authorization {
  /** A credential, or Okta's answer to who asked for one. */
  obtain(signal?: AbortSignal): Promise<Obtained>;
}

/** An API token, which is a secret of its own. */
export function apiTokenAuthorization(token: string): Authorization {
  const credential: Credential = {
    headersFor: async () => ({ authorization: `SSWS ${token}` }),
    refused: async () => {},
  };
  return { obtain: async () => ({ kind: 'ok', credential }) };
}
