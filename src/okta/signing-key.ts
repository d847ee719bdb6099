import { createPrivateKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';

/** The key that a service app's requests for a token are signed with. */
export interface SigningKey {
  key: KeyObject;
  /** JWS algorithm. */
  alg: string;
  /** By what Okta knows its public half; null when the key itself does not say. */
  kid: string | null;
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
};

/** Reads a private RSA or EC key, as a JWK or in PEM; null for anything else. */
export function readSigningKey(text: string): SigningKey | null {
  try {
    const jwk = text.trimStart().startsWith('{') ? JSON.parse(text) : null;
    const key = createPrivateKey(jwk ? ({ key: jwk, format: 'jwk' } as JsonWebKeyInput) : text);
    const alg =
      key.asymmetricKeyType === 'rsa' ? 'RS256' : CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
    if (!alg) return null;
    return {
      key,
      alg: typeof jwk?.alg === 'string' ? jwk.alg : alg,
      kid: typeof jwk?.kid === 'string' ? jwk.kid : null,
    };
  } catch {
    return null;
  }
}
