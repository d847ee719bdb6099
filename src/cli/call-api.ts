import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Problem } from '../api/problem.ts';
import { SECOND } from '../time.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** The API itself gives up after 30 s, and says so. */
const PATIENCE_MS = 40 * SECOND;

export type ApiReply<T> = { kind: 'ok'; body: T } | { kind: 'failed'; why: string[]; code: ExitCode };

/** Asks the API that `PORTAGE_API_URL` names, with the key that `PORTAGE_API_KEY` holds. */
export async function callApi<T>(
  env: NodeJS.ProcessEnv,
  method: string,
  path: string,
  body?: object,
  patienceMs = PATIENCE_MS,
): Promise<ApiReply<T>> {
  const signal = AbortSignal.timeout(patienceMs);
  const wanted = { method, path, body, accept: 'application/json', signal };
  return request(env, wanted, async (answer) => (await jsonOf(answer)) as T | undefined);
}

/** Writes an answer of any length, as it comes. */
export async function download(
  env: NodeJS.ProcessEnv,
  { path, body, accept }: { path: string; body: object; accept: string },
  to: NodeJS.WritableStream,
): Promise<ApiReply<true>> {
  return request<true>(env, { method: 'POST', path, body, accept }, async (answer) => {
    await pipeline(answer, to, { end: false });
    return true;
  });
}

interface Wanted {
  method: string;
  path: string;
  body: object | undefined;
  accept: string;
  signal?: AbortSignal;
}

/** What `read` makes of a good answer, undefined being no answer of Portage's; of another, why. */
async function request<T>(
  env: NodeJS.ProcessEnv,
  { method, path, body, accept, signal }: Wanted,
  read: (answer: Readable) => Promise<T | undefined>,
): Promise<ApiReply<T>> {
  const { PORTAGE_API_URL: base = 'http://127.0.0.1:3000', PORTAGE_API_KEY: given = '' } = env;
  const key = given.trim();
  const fault = faultOf(base, key);
  if (fault) return failed(EXIT.usage, `environment variable ${fault}`);
  const url = new URL(base.replace(/\/$/, '') + path);
  try {
    const headers = {
      authorization: `Bearer ${key}`,
      accept,
      ...(body && { 'content-type': 'application/json' }),
    };
    // Not fetch, which gives up on an API that works at its answer for more than five minutes.
    const { request: send } = url.protocol === 'https:' ? https : http;
    const call = send(url, { method, headers, ...(signal && { signal }) });
    call.on('error', () => {}); // once there is an answer, it is the answer that fails
    const [answer] = (await once(call.end(body && JSON.stringify(body)), 'response')) as [IncomingMessage];
    const { statusCode: status = 0 } = answer;
    const isOk = status >= 200 && status < 300;
    const good = isOk ? await read(answer) : undefined;
    if (good !== undefined) return { kind: 'ok', body: good };
    const why = isOk ? undefined : problemLines(await jsonOf(answer));
    if (why) return failed(codeOf(status), ...why);
    return failed(EXIT.unreachable, `${url.origin} answers ${status}, not as Portage's API does`);
  } catch (error) {
    return failed(EXIT.unreachable, `${url.origin} ${signal?.aborted ? silent : unreachable(error)}`);
  }
}

const silent = 'has not answered in time: see its log, then try again';

function unreachable(error: unknown): string {
  const { name, code = name } = error as NodeJS.ErrnoException;
  return `cannot be reached (${code}): start \`portage api\`, or correct PORTAGE_API_URL`;
}

/** What is wrong with how the API is named, without what may be secret in it. */
function faultOf(base: string, key: string): string | undefined {
  const url = URL.parse(base);
  if (key === '') return 'PORTAGE_API_KEY is not set: it holds a key of the API';
  if (!/^[!-~]+$/.test(key)) return 'PORTAGE_API_KEY has a blank, a line break or a letter that no key has';
  if (!url || !['http:', 'https:'].includes(url.protocol))
    return 'PORTAGE_API_URL is no address of http or https';
  if (url.username || url.password)
    return 'PORTAGE_API_URL has a user or a password, which the API does not ask for: leave them out';
  return undefined;
}

/** Undefined: it is no JSON. */
async function jsonOf(answer: Readable): Promise<unknown> {
  const written = await text(answer);
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

function problemLines(answer: unknown): string[] | undefined {
  const { detail, errors = [] } = (answer ?? {}) as Partial<Problem>;
  return detail === undefined
    ? undefined
    : [detail, ...errors.map(({ path, message }) => `${path}  ${message}`)];
}

/** 502: what the API itself has asked for has failed, and would again. */
function codeOf(status: number): ExitCode {
  if (status === 400) return EXIT.usage;
  return status < 500 || status === 502 ? EXIT.refused : EXIT.unreachable;
}

const failed = (code: ExitCode, ...why: string[]): ApiReply<never> => ({ kind: 'failed', why, code });
