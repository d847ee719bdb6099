import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Answer } from './answer.ts';
import type { OktaError } from './errors.ts';
import type { Ids } from './ids.ts';
import { linksOf } from './paging.ts';
import type { Standing } from './rate-limits.ts';

const ERROR_ID_LENGTH = 25;

export function statusOf(answer: Answer): number {
  switch (answer.kind) {
    case 'object':
      return answer.status ?? 200;
    case 'page':
      return 200;
    case 'empty':
      return 204;
    case 'error':
      return answer.error.status;
    case 'oauth-error':
      return answer.status;
  }
}

/** How an answer is sent, if not as usual. */
export interface Manner {
  /** How much of the body arrives before the connection ends. */
  readonly extent: 'whole' | 'half';
  /** How far the Date is off. */
  readonly clockSkewMs: number;
  /** Seen on some 429s; that the second is a minute later is INFERRED. okta-sdk-java#259. */
  readonly resetTwice: boolean;
}

const MINUTE_S = 60;

/** An answer, and its body as it goes over the wire; null is none. */
export interface Worded {
  readonly answer: Answer;
  readonly text: string | null;
}

export function word(answer: Answer, ids: Ids): Worded {
  return { answer, text: answer.kind === 'empty' ? null : JSON.stringify(bodyOf(answer, ids)) };
}

/** Puts an answer on the wire; every one has an id of its own and, where calls are limited, the rate-limit headers. */
export function send(
  response: ServerResponse,
  { answer, text }: Worded,
  standing: Standing | null,
  requestId: string,
  url: URL,
  { extent, clockSkewMs, resetTwice }: Manner,
): void {
  if (response.destroyed) return;
  response.statusCode = statusOf(answer);
  response.setHeader('X-Okta-Request-Id', requestId);
  if (standing !== null) tellStanding(response, standing, resetTwice);
  if (clockSkewMs !== 0) response.setHeader('Date', new Date(Date.now() + clockSkewMs).toUTCString());
  if (answer.kind === 'page') response.setHeader('Link', linksOf(url, answer.after));
  if (answer.kind === 'object' && answer.etag !== undefined) response.setHeader('ETag', answer.etag);
  if (answer.kind === 'error' && answer.challenge !== undefined) {
    response.setHeader('WWW-Authenticate', answer.challenge);
  }
  if (answer.kind === 'oauth-error' && answer.nonce !== undefined) {
    response.setHeader('DPoP-Nonce', answer.nonce);
  }
  const body = text === null ? null : Buffer.from(text);
  if (body !== null) {
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('Content-Length', body.length);
  }
  if (extent === 'whole') response.end(body);
  else cutOff(response, body);
}

function tellStanding(response: ServerResponse, standing: Standing, resetTwice: boolean): void {
  const { limit, remaining, resetEpochSeconds: reset } = standing;
  response.setHeader('X-Rate-Limit-Limit', limit);
  response.setHeader('X-Rate-Limit-Remaining', remaining);
  response.setHeader('X-Rate-Limit-Reset', resetTwice ? [`${reset}`, `${reset + MINUTE_S}`] : reset);
}

/** The page that a proxy on the way answers with: nothing in it is Okta's. */
export function sendHtml(response: ServerResponse, status: number): void {
  if (response.destroyed) return;
  const text = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/html');
  response.end(
    `<html>\n<head><title>${text}</title></head>\n<body><h1>${text}</h1><hr>proxy</body>\n</html>\n`,
  );
}

/** Content-Length still promises the whole. */
function cutOff(response: ServerResponse, body: Buffer | null): void {
  if (body === null) response.destroy();
  else response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

function bodyOf(answer: Exclude<Answer, { kind: 'empty' }>, ids: Ids): unknown {
  switch (answer.kind) {
    case 'object':
      return answer.body;
    case 'page':
      return answer.items;
    case 'error':
      return toErrorBody(answer.error, ids);
    case 'oauth-error':
      return { error: answer.error, error_description: answer.description };
  }
}

function toErrorBody({ code, summary, causes }: OktaError, ids: Ids) {
  return {
    errorCode: code,
    errorSummary: summary,
    errorLink: code,
    errorId: ids.next('oae', ERROR_ID_LENGTH),
    errorCauses: causes.map((cause) => ({ errorSummary: cause })),
  };
}
