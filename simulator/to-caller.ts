import type { IncomingMessage } from 'node:http';
import type { Credential } from './credential.ts';
import { flat } from './flat.ts';
import type { Caller, Party } from './log-record.ts';
import type { Org } from './org.ts';

/** Who calls: with an API token it is the administrator who made it, else the service app. Okta, API tokens. */
export function toCaller(
  org: Org,
  request: IncomingMessage,
  credential: Credential,
  requestId: string,
  url: URL,
): Caller {
  const clientId = credential.kind === 'client' ? credential.clientId : null;
  return {
    requestId,
    actor: clientId === null ? org.administrator : toClientParty(clientId),
    clientId,
    tokenId: credential.kind === 'api-token' ? org.tokenId : null,
    ipAddress: request.socket.remoteAddress ?? null,
    userAgent: request.headers['user-agent'] ?? null,
    path: flat(url.pathname),
  };
}

export function toClientParty(clientId: string): Party {
  return { type: 'PublicClientApp', id: clientId, alternateId: clientId, displayName: clientId };
}
