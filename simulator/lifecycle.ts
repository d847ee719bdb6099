import { type Answer, type Call, object } from './answer.ts';
import { statusOnceActivated } from './create-user.ts';
import { alreadyActive, notFound, statusForbids } from './errors.ts';
import { findUser } from './find-user.ts';
import { type Org, type Status, sendActivationMail, type User } from './org.ts';

/** POST .../lifecycle/activate: from STAGED or DEPROVISIONED; mails unless told not to. Okta, user lifecycle. */
export function activate(org: Org, { url, params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  const user = found.value;
  // Recorded for ACTIVE. That PROVISIONED answers the same is INFERRED.
  if (user.status !== 'STAGED' && user.status !== 'DEPROVISIONED') return alreadyActive;
  moveTo(user, statusOnceActivated(user));
  user.activatedMs = user.lastUpdatedMs;
  org.changes.tell({ kind: 'user', what: 'activated', user });
  return handActivation(org, user, url.searchParams.get('sendEmail') !== 'false');
}

/** POST .../lifecycle/reactivate: another token for who never used the first; mails only when told to. */
export function reactivate(org: Org, { url, params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  if (found.value.status !== 'PROVISIONED') return statusForbids;
  org.changes.tell({ kind: 'user', what: 'reactivated', user: found.value });
  return handActivation(org, found.value, url.searchParams.get('sendEmail') === 'true');
}

/** POST .../lifecycle/deactivate: from any status; a second time nobody is found. */
export function deactivate(org: Org, { params: [key = ''] }: Call): Answer {
  const found = findUser(org, key);
  if (found.kind === 'error') return found;
  if (found.value.status === 'DEPROVISIONED') return notFound(key, 'User');
  deactivateUser(org, found.value);
  return object({});
}

export function deactivateUser(org: Org, user: User): void {
  moveTo(user, 'DEPROVISIONED');
  org.changes.tell({ kind: 'user', what: 'deactivated', user });
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
