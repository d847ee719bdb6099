import { isRecord } from './json.ts';
import type { Credentials } from './org.ts';

const OKTA = { type: 'OKTA', name: 'OKTA' };
const IMPORT = { type: 'IMPORT', name: 'IMPORT' };

export const NO_CREDENTIALS: Credentials = {
  hasPassword: false,
  passwordChangedMs: null,
  recoveryQuestion: null,
  provider: OKTA,
};

/** `before` with whatever `given` sets. Nothing secret is kept: no answer of Okta ever shows it. */
export function mergeCredentials(before: Credentials, given: unknown, nowMs: number): Credentials {
  if (!isRecord(given)) return before;
  const withPassword = mergePassword(before, given.password, nowMs);
  const withProvider = { ...withPassword, provider: readProvider(given.provider) ?? withPassword.provider };
  return { ...withProvider, recoveryQuestion: readQuestion(given) ?? before.recoveryQuestion };
}

/** Okta, as recorded: an empty password object counts as none, a hash makes the provider IMPORT. */
function mergePassword(before: Credentials, given: unknown, nowMs: number): Credentials {
  if (!isRecord(given)) return before;
  const isHash = isRecord(given.hash);
  if (!isHash && typeof given.value !== 'string' && !isRecord(given.hook)) return before;
  return {
    ...before,
    hasPassword: true,
    passwordChangedMs: nowMs,
    provider: typeof given.value === 'string' ? OKTA : IMPORT,
  };
}

function readProvider(given: unknown): Credentials['provider'] | null {
  if (!isRecord(given) || typeof given.type !== 'string') return null;
  return { type: given.type, name: typeof given.name === 'string' ? given.name : given.type };
}

function readQuestion(given: Record<string, unknown>): string | null {
  const question = isRecord(given.recovery_question) ? given.recovery_question.question : null;
  return typeof question === 'string' ? question : null;
}
