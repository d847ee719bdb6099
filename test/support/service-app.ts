import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { OAuthConfig } from '../../src/config/config.ts';

/** A service app of a test's own. */
export interface TestServiceApp {
  /** What the simulated org is told of it. */
  registration: { clientId: string; jwks: { keys: JWK[] }; scopes: string[]; dpop: boolean };
  /** What Portage is told. */
  config: OAuthConfig;
}

const scopes = ['okta.users.manage', 'okta.groups.manage', 'okta.schemas.read'];

export async function createServiceApp(dpop: boolean): Promise<TestServiceApp> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const named = { alg: 'RS256', kid: 'key-1' };
  const clientId = '0oaServiceAppOfTests';
  return {
    registration: { clientId, jwks: { keys: [{ ...(await exportJWK(publicKey)), ...named }] }, scopes, dpop },
    config: {
      kind: 'oauth',
      clientId,
      privateKey: JSON.stringify({ ...(await exportJWK(privateKey)), ...named }),
      keyId: null,
      scopes,
      dpop,
      encryptionKey: randomBytes(32).toString('base64'),
    },
  };
}
