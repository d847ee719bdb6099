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
  return request(env, { method, path, body, accept: 'application/json', signal }, async (response) => {
    const answer: unknown = await response.json().catch(() => undefined);
    return answer === undefined ? undefined : (answer as T);
  });
}

/** Writes an answer of any length, as it comes. */
export async function download(
  env: NodeJS.ProcessEnv,
  { path, body, accept }: { path: string; body: object; accept: string },
  to: NodeJS.WritableStream,
): Promise<ApiReply<true>> {
  return request(env, { method: 'POST', path, body, accept }, async (response) => {
    if (!response.body) return undefined;
    await pipeline(response.body, to, { end: false });
    return true;
  });
}

interface Request {
  method: string;
  path: string;
  body: object | undefined;
  accept: string;
  signal?: AbortSignal;
}

/** What `read` makes of a good answer, undefined being no answer of Portage's; of another, why. */
async function request<T>(
  env: NodeJS.ProcessEnv,
  { method, path, body, accept, signal }: Request,
  read: (response: Response) => Promise<T | undefined>,
): Promise<ApiReply<T>> {
  const { PORTAGE_API_URL: base = 'http://127.0.0.1:3000', PORTAGE_API_KEY: key } = env;
  if (!key)
    return failed(EXIT.usage, 'environment variable PORTAGE_API_KEY is not set: it holds a key of the API');
  if (!URL.canParse(base)) return failed(EXIT.usage, 'environment variable PORTAGE_API_URL is no address');
  const { origin } = new URL(base); // the rest of it may hold a password
  try {
    const response = await fetch(base.replace(/\/$/, '') + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        accept,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const answer = response.ok ? await read(response) : undefined;
    if (answer !== undefined) return { kind: 'ok', body: answer };
    const why = response.ok ? undefined : problemLines(await response.json().catch(() => undefined));
    if (why) return failed(codeOf(response.status), ...why);
    return failed(EXIT.unreachable, `${origin} answers ${response.status}, not as Portage's API does`);
  } catch (error) {
    const { name, cause } = error as Error;
    const code = (cause as { code?: string } | undefined)?.code ?? name;
    const what = `${origin} cannot be reached (${code}): start \`portage api\`, or correct PORTAGE_API_URL`;
    return failed(EXIT.unreachable, what);
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
