import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/config.ts';
import { sendProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the key that the caller has shown; '' on the open routes. */
    keyName: string;
  }
}

/** How a caller shows a key: programs as a bearer token, browsers as the password of HTTP Basic. */
export type Scheme = 'Bearer' | 'Basic';

/** A hook that lets nobody pass without a key. */
export function requireKey(keys: Config['api']['keys'], schemes: Scheme[]) {
  const known = keys.map(({ name, sha256 }) => ({ name, hash: Buffer.from(sha256, 'hex') }));
  const challenge = schemes.map((scheme) => `${scheme} realm="portage"`).join(', ');

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const key = shownKey(request.headers.authorization ?? '', schemes);
    const name = key && nameOf(key, known);
    if (name) {
      request.keyName = name;
      return undefined;
    }
    reply.header('www-authenticate', challenge);
    return sendProblem(
      reply,
      401,
      'unauthorized',
      `Send a configured key: ${hints[schemes[0] ?? 'Bearer']}.`,
    );
  };
}

const hints: Record<Scheme, string> = {
  Bearer: 'Authorization: Bearer <key>',
  Basic: 'as the password of HTTP Basic, with any user name',
};

function shownKey(authorization: string, schemes: Scheme[]): string | undefined {
  const [, scheme, credentials] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  const match = schemes.find((each) => each.toLowerCase() === scheme?.toLowerCase());
  if (!match || !credentials) return undefined;
  if (match === 'Bearer') return credentials;
  return Buffer.from(credentials, 'base64')
    .toString()
    .replace(/^[^:]*:/, '');
}

/** Compares hashes in constant time, with every key. */
function nameOf(key: string, known: { name: string; hash: Buffer }[]): string | undefined {
  const hash = createHash('sha256').update(key).digest();
  return known.filter((each) => timingSafeEqual(each.hash, hash))[0]?.name;
}
