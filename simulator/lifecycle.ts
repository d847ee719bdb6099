import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, type Call, object } from './answer.ts';
import { statusOnceActivated } from './create-user.ts';
import {
  alreadyActive,
  notFound,
  notLockedOut,
  parameterMissing,
  statusForbids,
  validationFailed,
} from './errors.ts';
import { findUser } from './find-user.ts';
import { type Org, type Status, sendActivationMail, settleLater, type User } from './org.ts';

/** POST .../lifecycle/activate: from STAGED or DEPROVISIONED; mails unless told not to. Okta, user lifecycle. */
export function activate(org: Org, { url, params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  const user = found.value;
  const refusal = refusalToActivate(org, user);
  if (refusal !== null) return refusal;
  moveTo(user, statusOnceActivated(user));
  user.activatedMs = user.lastUpdatedMs;
  settleLater(org, user);
  org.changes.tell({ kind: 'user', what: 'activated', user });
  return handActivation(org, user, url.searchParams.get('sendEmail') !== 'false');
}

/** Recorded for ACTIVE; of PROVISIONED no source tells. */
function refusalToActivate({ options }: Org, { status }: User): Answer | null {
  if (status === 'STAGED' || status === 'DEPROVISIONED') return null;
  const isOther = status === 'PROVISIONED' && options.activatingProvisioned === 'E0000038';
  return isOther ? statusForbids : alreadyActive;
}

/** POST .../lifecycle/reactivate: another token for who never used the first; mails only when told to. */
export function reactivate(org: Org, { url, params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  if (found.value.status !== 'PROVISIONED' && found.value.status !== 'RECOVERY') return statusForbids;
  org.changes.tell({ kind: 'user', what: 'reactivated', user: found.value });
  return handActivation(org, found.value, url.searchParams.get('sendEmail') === 'true');
}

/** POST .../lifecycle/deactivate: from any status; a second time nobody is found. The mail goes to administrators. */
export function deactivate(org: Org, { url, params: [key = ''], headers }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  const user = found.value;
  if (user.status === 'DEPROVISIONED') return notFound(key, 'User');
  if (url.searchParams.get('sendEmail') === 'true') org.outbox.send(user.id, 'deactivation', null);
  deactivateUser(org, user, headers);
  return object({});
}

/** At once, or by a job when the caller would not wait. Okta, Users API: deactivate, `Prefer: respond-async`. */
export function deactivateUser(org: Org, user: User, headers: IncomingHttpHeaders): void {
  const isAsync = isAsyncWanted(headers);
  if (isAsync) user.transition = 'DEPROVISIONED';
  if (isAsync) org.userIndex.put(user);
  org.later(isAsync ? org.options.transitionMs : 0, () => {
    user.transition = null;
    if (user.status === 'DEPROVISIONED') return;
    moveTo(user, 'DEPROVISIONED');
    org.changes.tell({ kind: 'user', what: 'deactivated', user });
  });
}

export function isAsyncWanted({ prefer }: IncomingHttpHeaders): boolean {
  return String(prefer ?? '').includes('respond-async');
}

/** POST .../lifecycle/suspend: who is ACTIVE. */
export function suspend(org: Org, call: Call): Answer {
  return swap(org, call, 'ACTIVE', 'SUSPENDED', 'Cannot suspend a user that is not active');
}

/** POST .../lifecycle/unsuspend: the wording of its refusal is INFERRED. */
export function unsuspend(org: Org, call: Call): Answer {
  return swap(org, call, 'SUSPENDED', 'ACTIVE', 'Cannot unsuspend a user that is not suspended');
}

/** POST .../lifecycle/unlock: nobody is ever locked out here, since nobody signs in. */
export function unlock(org: Org, { params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  return found.kind === 'error' ? found : notLockedOut;
}

const RESETTABLE: readonly Status[] = ['ACTIVE', 'PROVISIONED', 'PASSWORD_EXPIRED', 'RECOVERY'];

/** POST .../lifecycle/reset_password: to RECOVERY, with a link by mail or in the answer; it has to be said which. */
export function resetPassword(org: Org, { url, params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  const sendEmail = url.searchParams.get('sendEmail');
  if (sendEmail === null) return parameterMissing;
  const user = found.value;
  if (!RESETTABLE.includes(user.status)) return statusForbids;
  moveTo(user, 'RECOVERY');
  org.changes.tell({ kind: 'user', what: 'password-reset', user });
  if (sendEmail === 'false')
    return object({ resetPasswordUrl: `${org.url}/reset_password/${org.ids.next('')}` });
  org.outbox.send(user.id, 'password-reset', user.profile.email);
  return object({});
}

function swap(org: Org, { params: [key = ''] }: Call, from: Status, to: Status, refusal: string): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  if (found.value.status !== from) return validationFailed(refusal, [refusal]);
  moveTo(found.value, to);
  const what = to === 'SUSPENDED' ? 'suspended' : 'unsuspended';
  org.changes.tell({ kind: 'user', what, user: found.value });
  return object({});
}

function moveTo(user: User, status: Status): void {
  user.status = status;
  user.lastUpdatedMs = Date.now();
  user.statusChangedMs = user.lastUpdatedMs;
}

/** The token goes either into a mail or into the answer, never into both. */
function handActivation(org: Org, user: User, byMail: boolean): Answer {
  if (byMail) {
    sendActivationMail(org, user);
    return object({});
  }
  const activationToken = org.ids.next('');
  return object({ activationUrl: `${org.url}/tokens/${activationToken}/verify`, activationToken });
}
