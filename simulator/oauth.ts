import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import { createNonces, type Nonces } from './nonces.ts';
import type { Options } from './options.ts';
import type { ServiceApp } from './service-app.ts';
import { createUsedIds, type UsedIds } from './used-ids.ts';

/** All that the authorization server of an org knows. */
export interface OAuth {
  readonly serviceApps: Map<string, ServiceApp>;
  readonly tokens: AccessTokens;
  /** Of assertions and of proofs. */
  readonly usedIds: UsedIds;
  readonly nonces: Nonces;
}

export function createOAuth({ serviceApps, tokenLifeMs, dpopNonceLifeMs }: Options): OAuth {
  return {
    serviceApps: new Map(serviceApps.map((app) => [app.clientId, app])),
    tokens: createAccessTokens(tokenLifeMs),
    usedIds: createUsedIds(),
    nonces: createNonces(dpopNonceLifeMs),
  };
}
