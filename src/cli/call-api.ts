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
): Promise<ApiReply<T>> {
  const { PORTAGE_API_URL: base = 'http://127.0.0.1:3000', PORTAGE_API_KEY: key } = env;
  if (!key)
    return failed(EXIT.usage, 'environment variable PORTAGE_API_KEY is not set: it holds a key of the API');
  if (!URL.canParse(base)) return failed(EXIT.usage, 'environment variable PORTAGE_API_URL is no address');
  const { origin } = new URL(base); // the rest of it may hold a password
  try {
    const response = await fetch(base.replace(/\/$/, '') + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok && answer !== undefined) return { kind: 'ok', body: answer as T };
    const why = problemLines(answer);
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
