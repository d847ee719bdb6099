import type { FailureCode, OktaError, Outcome } from './outcome.ts';

/** A person's failure as it is stored and shown: no personal data. */
export interface Failure {
  code: FailureCode;
  /** What happened and what to do next. */
  message: string;
  okta: OktaError | null;
}

/** The failure that an outcome leaves behind, if its verdict asks for one. */
export function failureOf(outcome: Outcome): Failure | undefined {
  switch (outcome.kind) {
    case 'unusable':
      return { code: outcome.code, message: unusable[outcome.code], okta: null };
    case 'unfit':
      return {
        code: 'okta_status',
        message: `Okta has this user as ${outcome.status}: somebody has seen to that, and no mail was sent. Correct the user in Okta, then offer the row again.`,
        okta: null,
      };
    case 'missing':
      return {
        code: 'missing_in_okta',
        message:
          'Okta has no user of the id that the reference names. Delete the reference in EFS and create the user, then offer the row again.',
        okta: outcome.error,
      };
    case 'refused':
      return {
        code: 'okta_refused',
        message:
          'Okta refused this person for good. Correct the row in EFS as the answer says, then offer it again.',
        okta: outcome.error,
      };
    case 'taken':
    case 'duplicate':
      return {
        code: 'login_taken',
        message: `Okta has this login already, for ${outcome.owner}. Correct the row in EFS or that user, then offer it again.`,
        okta: outcome.error,
      };
    case 'unreachable':
      return {
        code: 'okta_unavailable',
        message: 'Okta gave no good answer to any attempt. Offer the row again when Okta is well.',
        okta: outcome.error,
      };
    case 'orphaned':
      return {
        code: 'left_in_okta',
        message: `Deleted in EFS while Okta created the user ${outcome.oktaId}. Remove that user in Okta.`,
        okta: null,
      };
    case 'unexpected':
      return {
        code: 'unexpected',
        message: `Portage could not finish this person, lastly: ${outcome.what}. Okta may have the user already. See the log, correct what is wrong, then offer it again.`,
        okta: null,
      };
    case 'migrated':
    case 'adopted':
    case 'already-migrated':
    case 'mailed':
    case 'already-mailed':
    case 'gone':
    case 'skipped':
    case 'undecided':
    case 'not-running':
    case 'already-failed':
    case 'stopping':
    case 'throttled':
    case 'misconfigured':
      return undefined;
  }
}

const unusable = {
  reference_invalid:
    'One of the references holds no Okta id. Correct or delete it in EFS, then offer the row again.',
  mail_missing: 'Has no mail address, which Okta needs. Enter one in EFS, then offer the row again.',
  mail_invalid: 'The mail address is not valid. Correct it in EFS, then offer the row again.',
} as const;
