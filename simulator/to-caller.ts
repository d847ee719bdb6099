import type { IncomingMessage } from 'node:http';
import type { Caller } from './log-record.ts';
import type { Org } from './org.ts';

/** Who calls: with an API token it is the administrator who made it. Okta, API tokens. */
export function toCaller(org: Org, request: IncomingMessage, requestId: string, url: URL): Caller {
  return {
    requestId,
    actor: {
      type: 'User',
      id: `00u${org.tokenId.slice(3)}`,
      alternateId: 'admin@simulator.example',
      displayName: 'API Administrator',
    },
    clientId: null,
    tokenId: org.tokenId,
    ipAddress: request.socket.remoteAddress ?? null,
    userAgent: request.headers['user-agent'] ?? null,
    path: url.pathname,
  };
}
