import type { BadKind } from './crowd.ts';
import type { Misconfiguration } from './hold.ts';
import type { OktaUserId } from './ids.ts';

/** Why a person could not be carried over; stable codes that the API shows. */
export type FailureCode =
  | 'mail_missing' // refused before any call to Okta
  | 'mail_invalid'
  | 'reference_invalid'
  | 'login_taken'
  | 'okta_refused' // Okta's answer says why
  | 'okta_unavailable' // no good answer after every attempt
  | 'missing_in_okta' // the reference names a user whom Okta does not have
  | 'okta_status' // of the user, in which nobody is mailed
  | 'unexpected' // Portage itself, or a database, could not do it in any attempt
  | PortalFault
  | 'left_in_okta'; // deleted in EFS, or given another user, while Okta created this one

/** Why a portal cannot have its app, or the app not be changed; stable codes, too. */
export type PortalFault =
  | 'url_name_invalid'
  | 'portal_removed' // in EFS, and Okta has its app
  | 'app_left_in_okta' // of a portal that was deleted in EFS while Okta created it
  | 'portal_registered_otherwise' // EFS has got another client id for it meanwhile
  | 'app_missing' // in Okta, and EFS names it
  | 'app_foreign' // EFS names an app that Portage has not created for this portal
  | 'app_inactive'
  | 'app_without_secret';

/** An error answer of Okta, or none at all (`status` 0), without any personal data. */
export interface OktaError {
  status: number;
  /** Okta's `errorCode` such as E0000001; the network's own code when there was no answer. */
  code: string;
  /** Okta's summary and causes, as Okta worded them: may quote a person's data, see `scrub`. */
  text: string;
  /** `X-Okta-Request-Id`, to find the call in Okta's System Log. */
  requestId: string | null;
}

/** How one attempt at one subject ended. */
export type Outcome =
  | { kind: 'migrated'; oktaId: OktaUserId }
  /** Okta had the user: an earlier attempt's, or one that may be taken over; `error` is Okta's "exists", if asked. */
  | { kind: 'adopted'; oktaId: OktaUserId; error: OktaError | null }
  /** Every reference was there before. */
  | { kind: 'already-migrated' }
  /** Okta has sent the mail. */
  | { kind: 'mailed' }
  /** Okta had sent it before, or the person has been active since. */
  | { kind: 'already-mailed' }
  /** The portal has an app, and EFS knows it. */
  | { kind: 'registered' }
  /** The same with an app that Okta had: an earlier attempt's; `error` is Okta's "exists", if asked. */
  | { kind: 'app-adopted'; error: OktaError | null }
  /** The portal's app is as it is to be: changed, or found so. */
  | { kind: 'updated' }
  | { kind: 'unchanged' }
  /** The portal, or its app as Okta has it, cannot be dealt with until somebody corrects it; only this portal fails. */
  | { kind: 'blocked'; code: PortalFault; appId: string | null }
  /** No such row any more. */
  | { kind: 'gone' }
  /** A rule leaves the person out since the job was offered. */
  | { kind: 'skipped' }
  /** Another attempt's call may be under way, or what Okta has cannot be told yet: looked at again later. */
  | { kind: 'undecided' }
  /** The migration is held, paused or finished: the row is offered again when it runs. */
  | { kind: 'not-running' }
  /** It has failed in this migration before. */
  | { kind: 'already-failed' }
  /** The process is stopping: the job goes back to the queue. */
  | { kind: 'stopping' }
  /** Deleted in EFS, or referenced with another user, after Okta had created this one. */
  | { kind: 'orphaned'; oktaId: OktaUserId }
  /** Not sent: Okta could not take this person. */
  | { kind: 'unusable'; code: 'mail_missing' | 'mail_invalid' | 'reference_invalid' }
  /** Referenced, and not in Okta. */
  | { kind: 'missing'; error: OktaError }
  /** Okta has the user in a status in which nobody is mailed. */
  | { kind: 'unfit'; status: string }
  /** Okta refused this person. */
  | { kind: 'refused'; error: OktaError }
  /** Okta has the user that Portage created for this person, and refuses to put it into the group. */
  | { kind: 'outside'; error: OktaError }
  /** Okta has the login, and it is somebody else's. */
  | { kind: 'taken'; owner: string; error: OktaError }
  /** Okta has the login for another person of this installation: surely about these two, not about the mapping. */
  | { kind: 'duplicate'; owner: string; error: OktaError }
  /** Okta refused for the rate, or because too many calls were under way: `crowded`. `closing`: this answer has shut the bucket. */
  | { kind: 'throttled'; error: OktaError; waitMs: number; closing: boolean; crowded: boolean }
  /** Okta refused our credentials, rights or group, or lacks an attribute, as it may have said: nobody's data is at fault. */
  | { kind: 'misconfigured'; cause: Misconfiguration; error: OktaError | null }
  /** A 5xx, or no answer: Okta may or may not have done it. */
  | { kind: 'unreachable'; error: OktaError }
  /** Portage or a database broke off every attempt; `what` is free of personal data. */
  | { kind: 'unexpected'; what: string };

/** What an outcome means for the job, for the migration's failures and for `iam_error_log`. */
export interface Verdict {
  /** `delay` spends no attempt, `retry` does, `fail` ends the job for good. */
  job: 'complete' | 'give-back' | 'delay' | 'retry' | 'fail';
  failure: 'never' | 'at-once' | 'after-last-attempt';
  /** `closing`: one row for each time that a bucket shuts, not one for each refused call. */
  errorLog: 'never' | 'always' | 'closing';
  /** Of the creation: kept while Okta may have a user whom nobody knows. */
  note: 'keep' | 'delete';
  /** As what it counts: more than half of the last 100 of one kind hold the migration, see `crowdAround`. */
  tally: 'not-counted' | BadKind;
}

/** Nothing is left to do, and nothing to say. */
const done = {
  job: 'complete',
  failure: 'never',
  errorLog: 'never',
  tally: 'not-counted',
  note: 'delete',
} as const satisfies Verdict;
const failing = { ...done, job: 'fail', failure: 'at-once' } as const;

/** The one place that says what each outcome means. A row without reference and failure is offered again. */
export const verdicts = {
  migrated: done,
  adopted: { ...done, errorLog: 'always' },
  'already-migrated': done,
  mailed: done,
  'already-mailed': done,
  registered: done,
  'app-adopted': { ...done, errorLog: 'always' },
  updated: done,
  unchanged: done,
  blocked: { ...failing, note: 'keep' },
  gone: done,
  skipped: done,
  undecided: { ...done, note: 'keep' },
  'not-running': { ...done, note: 'keep' },
  'already-failed': { ...done, note: 'keep' },
  stopping: { ...done, note: 'keep', job: 'give-back' },
  orphaned: failing,
  unusable: { ...failing, tally: 'failed' },
  unfit: failing,
  missing: { ...failing, errorLog: 'always', tally: 'failed' },
  refused: { ...failing, errorLog: 'always', tally: 'failed' },
  outside: { ...failing, errorLog: 'always', tally: 'failed', note: 'keep' },
  taken: { ...failing, errorLog: 'always', tally: 'failed' },
  duplicate: { ...failing, errorLog: 'always' },
  // It may have been the look for an earlier creation that was refused.
  throttled: { ...done, job: 'delay', errorLog: 'closing', note: 'keep' },
  misconfigured: { ...done, errorLog: 'always', note: 'keep' }, // and the migration is held
  unreachable: {
    job: 'retry',
    failure: 'after-last-attempt',
    errorLog: 'always',
    tally: 'unreachable',
    note: 'keep',
  },
  unexpected: { ...failing, tally: 'failed', note: 'keep' },
} as const satisfies Record<Outcome['kind'], Verdict>;
