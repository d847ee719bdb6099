import { Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type Method, RequestError } from 'got';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';
import type { OrgConfig } from '../config/config.ts';
import type { OktaError } from '../domain/outcome.ts';

/** Okta allows 75 requests at once in an org, all applications together (Okta, Concurrency rate limits). */
const MAX_SOCKETS = 50;
/** Many times what Okta answers to the calls of Portage; what is longer is not Okta's. */
const LONGEST_ANSWER_BYTES = 1_000_000;
/** Without a connection. */
const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

export interface Request {
  method: Method;
  path: string;
  headers: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** One org over HTTP, without turns or credentials; nothing is repeated here. */
export interface Http {
  /** `error` when there was no answer: its code is the network's. `unsent`: nobody has taken the request. */
  send(request: Request): Promise<Answer | { error: OktaError; unsent: boolean }>;
  close(): void;
}

type HttpConfig = Pick<OrgConfig, 'baseUrl' | 'requestTimeoutMs' | 'proxyUrl'>;

export function createHttp({ baseUrl, requestTimeoutMs, proxyUrl }: HttpConfig): Http {
  const options = { keepAlive: true, maxSockets: MAX_SOCKETS };
  // While a proxy does not answer, a request has no connection, and got cannot end it.
  const proxied = proxyUrl && { ...options, proxy: proxyUrl, timeout: requestTimeoutMs };
  const agent = proxied
    ? { http: new HttpProxyAgent(proxied), https: new HttpsProxyAgent(proxied) }
    : { http: new HttpAgent(options), https: new HttpsAgent(options) };
  const http = got.extend({
    prefixUrl: baseUrl,
    agent,
    headers: { accept: 'application/json', 'user-agent': 'portage' },
    timeout: { request: requestTimeoutMs },
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
  });
  return {
    async send({ path, ...request }) {
      const tooLong = new AbortController();
      try {
        const answer = http(path, { ...request, signal: tooLong.signal });
        void answer.on('downloadProgress', ({ transferred }) => {
          if (transferred > LONGEST_ANSWER_BYTES) tooLong.abort();
        });
        const { statusCode, headers, body } = await answer;
        return { status: statusCode, headers, text: body };
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        const ofProxy = proxyFault(error);
        const code = tooLong.signal.aborted ? 'ANSWER_TOO_LONG' : (ofProxy ?? error.code);
        const unsent = ofProxy !== undefined || UNSENT.has(code);
        return { error: { status: 0, code, text: `no answer: ${code}`, requestId: null }, unsent };
      }
    },
    close() {
      agent.http.destroy();
      agent.https.destroy();
    },
  };
}

/** Why a proxy gave no connection; hpagent tells it in words alone. */
function proxyFault({ message }: Error): string | undefined {
  if (message === 'Proxy timeout') return 'PROXY_TIMEOUT';
  const [, status] = /^Bad response: (\d{3})$/.exec(message) ?? [];
  return status && `PROXY_${status}`;
}
