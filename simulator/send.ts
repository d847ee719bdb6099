import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import type { OktaError } from './errors.ts';
import type { Ids } from './ids.ts';
import { linksOf } from './paging.ts';
import type { Standing } from './rate-limits.ts';

const ERROR_ID_LENGTH = 25;
const REQUEST_ID_LENGTH = 27;

export function statusOf(answer: Answer): number {
  switch (answer.kind) {
    case 'object':
    case 'page':
      return 200;
    case 'empty':
      return 204;
    case 'error':
      return answer.error.status;
  }
}

/** Puts an answer on the wire; every one has the rate-limit headers and an id of its own. */
export function send(response: ServerResponse, answer: Answer, standing: Standing, ids: Ids, url: URL): void {
  if (response.destroyed) return;
  response.statusCode = statusOf(answer);
  response.setHeader('X-Okta-Request-Id', ids.next('req', REQUEST_ID_LENGTH));
  response.setHeader('X-Rate-Limit-Limit', standing.limit);
  response.setHeader('X-Rate-Limit-Remaining', standing.remaining);
  response.setHeader('X-Rate-Limit-Reset', standing.resetEpochSeconds);
  if (answer.kind === 'page') response.setHeader('Link', linksOf(url, answer.after));
  if (answer.kind === 'object' && answer.etag !== undefined) response.setHeader('ETag', answer.etag);
  if (answer.kind === 'empty') return void response.end();
  const body = Buffer.from(JSON.stringify(bodyOf(answer, ids)));
  response.setHeader('Content-Type', 'application/json');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}

function bodyOf(answer: Exclude<Answer, { kind: 'empty' }>, ids: Ids): unknown {
  switch (answer.kind) {
    case 'object':
      return answer.body;
    case 'page':
      return answer.items;
    case 'error':
      return toErrorBody(answer.error, ids);
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
