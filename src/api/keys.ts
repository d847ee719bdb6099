import { createHash, timingSafeEqual } from 'node:crypto';
import type { onRequestAsyncHookHandler } from 'fastify';
import type { Config } from '../config/config.ts';
import { sendProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Name of the key that the caller has shown; '' on the open routes. */
    keyName: string;
  }
  interface FastifyContextConfig {
    /** Whether it needs no key. */
    open?: boolean;
  }
}

/** How a caller shows a key: programs as a bearer token, browsers as the password of HTTP Basic. */
type Scheme = 'Bearer' | 'Basic';

const HINTS: Record<Scheme, string> = {
  Bearer: 'Authorization: Bearer <key>',
  Basic: 'as the password of HTTP Basic, with any user name',
};

/** What is opened in a browser. */
const PAGES = /^\/(docs|queues)(?![^/?])/;

/** Lets nobody without a key come to any address, not even one that is not there; open routes say so. */
export function requireKey(keys: Config['api']['keys']): onRequestAsyncHookHandler {
  const known = keys.map(({ name, sha256 }) => ({ name, hash: Buffer.from(sha256, 'hex') }));
  return async (request, reply) => {
    if (request.routeOptions.config?.open) return undefined;
    const schemes: [Scheme, ...Scheme[]] = PAGES.test(request.url) ? ['Basic', 'Bearer'] : ['Bearer'];
    const key = shownKey(request.headers.authorization ?? '', schemes);
    const name = key && nameOf(key, known);
    if (!name) {
      reply.header('www-authenticate', schemes.map((scheme) => `${scheme} realm="portage"`).join(', '));
      return sendProblem(reply, 401, 'unauthorized', `Send a configured key: ${HINTS[schemes[0]]}.`);
    }
    request.keyName = name;
    return undefined;
  };
}

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
