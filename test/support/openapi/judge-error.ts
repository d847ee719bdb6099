import { isRecord, type Json } from './json.ts';

const TOKEN_PATH = '/oauth2/v1/token';

type Rule = (value: unknown, error: Json) => boolean;

const isText: Rule = (value) => typeof value === 'string' && value !== '';
const isCause = (value: unknown) => isRecord(value) && typeof value.errorSummary === 'string';

/** Okta, Error codes: all five with every error, the link being the code again. */
const OKTAS: Readonly<Record<string, Rule>> = {
  errorCode: (value) => /^E\d{7}$/.test(String(value)),
  errorSummary: isText,
  errorLink: (value, { errorCode }) => value === errorCode,
  errorId: (value) => /^oae\w+$/.test(String(value)),
  errorCauses: (value) => Array.isArray(value) && value.every(isCause),
};

/** RFC 6749, 5.2. */
const OAUTHS: Readonly<Record<string, Rule>> = {
  error: (value) => /^[a-z_]+$/.test(String(value)),
  error_description: isText,
};

/** What is wrong about the body of an error, which documents describe in general if at all. */
export function judgeError(path: string, status: number, answer: unknown): string[] {
  if (!isRecord(answer)) return ['the error has no body'];
  // 429 is of those who stand before the token endpoint.
  const rules = path === TOKEN_PATH && status !== 429 ? OAUTHS : OKTAS;
  const wrong = Object.entries(rules).filter(([name, isRight]) => !isRight(answer[name], answer));
  const others = Object.keys(answer).filter((name) => !Object.hasOwn(rules, name));
  return [
    ...wrong.map(([name]) => `the error's ${name} is ${name in answer ? 'wrong' : 'missing'}`),
    ...others.map((name) => `the error's ${name} is undocumented`),
  ];
}
