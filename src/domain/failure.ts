import type { FailureCode, OktaError, Outcome, PortalFault } from './outcome.ts';

/** A person's failure as it is stored and shown: no personal data. */
export interface Failure {
  code: FailureCode;
  /** What happened and what to do next. */
  message: string;
  okta: OktaError | null;
}

/** Those that say nothing of the subject: another attempt may go well. */
export const passingFailures: readonly FailureCode[] = ['okta_unavailable', 'unexpected'];

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
    case 'outside':
      return {
        code: 'okta_refused',
        message:
          'Okta refused this row for good. Correct the row in EFS as the answer says, then offer it again.',
        okta: outcome.error,
      };
    case 'taken':
    case 'duplicate':
      return {
        code: 'login_taken',
        message: `Okta has this login already, for ${outcome.owner}. Correct the row in EFS or that user, then offer it again.`,
        okta: outcome.error,
      };
    case 'blocked':
      return { code: outcome.code, message: blocked[outcome.code](outcome.appId ?? ''), okta: null };
    case 'unreachable':
      return {
        code: 'okta_unavailable',
        message: 'Okta gave no good answer to any attempt. Offer the row again when Okta is well.',
        okta: outcome.error,
      };
    case 'orphaned':
      return {
        code: 'left_in_okta',
        message: `Deleted in EFS, or given another user, while Okta created the user ${outcome.oktaId}. Remove that user in Okta.`,
        okta: null,
      };
    case 'unexpected':
      return {
        code: 'unexpected',
        message: `Portage could not finish this row, lastly: ${outcome.what}. Okta may have the user or app already. See the log, correct what is wrong, then offer it again.`,
        okta: null,
      };
    case 'migrated':
    case 'adopted':
    case 'already-migrated':
    case 'mailed':
    case 'already-mailed':
    case 'registered':
    case 'app-adopted':
    case 'updated':
    case 'unchanged':
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

/** What to do about a portal and the app of this id. */
const blocked: Readonly<Record<PortalFault, (appId: string) => string>> = {
  url_name_invalid: () =>
    'The URL name holds something else than letters, digits and . _ ~ -. Correct it in EFS, then offer the portal again.',
  portal_removed: (appId) =>
    `EFS has this portal no more, and its app ${appId} is active in Okta. Deactivate it there, or run update-portals with confirm: ["deactivate-removed"].`,
  app_left_in_okta: (appId) =>
    `Deleted in EFS while Okta created the portal's app ${appId}. Delete that app in Okta.`,
  portal_registered_otherwise: (appId) =>
    `EFS has got another client id for this portal while Portage created the app ${appId}. Delete that app in Okta, or the rows in iam_portal_settings and offer the portal again.`,
  app_missing: (appId) =>
    `Okta has no app ${appId}, which iam_portal_settings names. Delete the portal's rows there, then run register-portals.`,
  app_foreign: (appId) =>
    `The app ${appId}, which iam_portal_settings names, was not created by Portage for this portal. Change it in Okta by hand, or correct the row.`,
  app_inactive: (appId) =>
    `The portal's app ${appId} is inactive in Okta. Activate it there, then offer the portal again.`,
  app_without_secret: (appId) =>
    `The portal's app ${appId} has no client secret that is active. Give it one in Okta, then offer the portal again.`,
};
