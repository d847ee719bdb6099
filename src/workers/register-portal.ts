import type { Creation } from '../db/creations.ts';
import type { Outcome } from '../domain/outcome.ts';
import {
  haveSameUris,
  labelOf,
  labelStart,
  type NewApp,
  newApp,
  type Portal,
  urisOf,
} from '../domain/portal.ts';
import type { OktaApp } from '../okta/apps.ts';
import { SECOND } from '../time.ts';
import { cleaned, findOwnApp, type PortalSubject, portalOf, readdress, secretOf } from './portal.ts';
import type { Process } from './process.ts';

/** Okta's lists show by then what was created. */
const LISTED_WITHIN_MS = 10 * SECOND;

/** Creates the app of one portal, assigns it to the installation's group, and writes what EFS needs of it. */
export const registerPortal: Process = async (subject, signal) =>
  cleaned(await register(portalOf(subject), signal));

async function register(subject: PortalSubject, signal: AbortSignal): Promise<Outcome> {
  const { note, okta, lane } = subject;
  const earlier = await note.find();
  const recovered = earlier && (await recover(subject, earlier, signal));
  if (recovered) return recovered;

  const before = await withoutOkta(subject);
  if (before.kind !== 'wanted') return before;
  const turn = await okta.turn('apps', { lane, signal });
  // The turn may have been minutes away: what is done, held, changed or gone by now is not created as of then.
  const wanted = await withoutOkta(subject);
  if (wanted.kind !== 'wanted') return wanted;
  // Another worker has begun meanwhile: nobody else may know of the app that it creates.
  if (!(await note.write(wanted.app.label))) return { kind: 'undecided' };

  const reply = await okta.createApp(turn, wanted.app, signal);
  if (reply.kind !== 'throttled') subject.answered();
  else if (!earlier) await note.delete(); // nothing was created, by this call or by an earlier one
  if (reply.kind === 'ok') return finish(subject, reply.body, { kind: 'registered' }, signal);
  if (reply.kind !== 'refused') return reply;
  // Perhaps there is one: what Okta answers to a client id that is taken is not documented. It may have been created
  // under an earlier name of the portal's.
  const { name, customerName = '' } = subject.installation.config;
  const starts = [wanted.app.label, labelStart(name, customerName, subject.apps)];
  const found = await findOwnApp(subject, starts, signal);
  if (found.kind === 'found')
    return finish(subject, found.app, { kind: 'app-adopted', error: reply.error }, signal);
  if (found.kind !== 'none') return found;
  const isUnseen = earlier !== null && earlier.ageMs < LISTED_WITHIN_MS;
  return isUnseen ? { kind: 'unreachable', error: reply.error } : reply;
}

/** Carries out what an earlier attempt has left open; null when Okta has no app of it, or none yet. */
async function recover(
  subject: PortalSubject,
  { login: label, ageMs }: Creation,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const standing = await subject.look();
  if (standing.kind === 'not-running' || standing.kind === 'already-failed') return { kind: standing.kind };
  if (standing.kind === 'registered') return { kind: 'already-migrated' };
  const found = await findOwnApp(subject, [label], signal);
  if (found.kind === 'found') {
    subject.answered();
    return finish(subject, found.app, { kind: 'app-adopted', error: null }, signal);
  }
  if (found.kind !== 'none') return found;
  const mayCome = standing.kind !== 'wanted' && ageMs < subject.okta.longestCallMs;
  return mayCome ? { kind: 'undecided' } : null;
}

/** What only Okta can register. */
interface Wanted {
  kind: 'wanted';
  app: NewApp;
}

async function withoutOkta(subject: PortalSubject): Promise<Wanted | Outcome> {
  const standing = await subject.look();
  if (standing.kind === 'registered') return { kind: 'already-migrated' };
  if (standing.kind !== 'wanted') return { kind: standing.kind };
  return wantedApp(subject, standing.portal);
}

function wantedApp({ installation, apps }: PortalSubject, portal: Portal): Wanted | Outcome {
  const { name, customerName = '' } = installation.config;
  const uris = urisOf(portal, name, apps);
  if (!uris) return { kind: 'blocked', code: 'url_name_invalid', appId: null };
  return { kind: 'wanted', app: newApp(portal, name, labelOf(portal, name, customerName, apps), uris, apps) };
}

/** From an app that is there to a portal that is registered; each step can be taken again. */
async function finish(
  subject: PortalSubject,
  app: OktaApp,
  done: Extract<Outcome, { kind: 'registered' | 'app-adopted' }>,
  signal: AbortSignal,
): Promise<Outcome> {
  const { okta, lane, installation, portals, id, apps } = subject;
  const blocked = (code: Extract<Outcome, { kind: 'blocked' }>['code']): Outcome => ({
    kind: 'blocked',
    code,
    appId: app.id,
  });
  const portal = await portals.read(id);
  if (!portal) return blocked('app_left_in_okta');
  if (app.status !== 'ACTIVE') return blocked('app_inactive');
  const uris = urisOf(portal, installation.config.name, apps);
  if (!uris) return blocked('url_name_invalid');
  // Who was adopted may have been created as the portal was then.
  if (!haveSameUris(app.settings?.oauthClient ?? {}, uris)) {
    const updated = await readdress(subject, app, uris, signal);
    if (updated.kind !== 'ok') return updated;
  }

  const turn = await okta.turn('apps', { lane, signal });
  const assigned = await okta.assignGroup(turn, app.id, installation.config.groupId, signal);
  if (assigned.kind === 'refused' && assigned.error.status === 404)
    return { kind: 'misconfigured', cause: 'group', error: assigned.error };
  if (assigned.kind !== 'ok') return assigned;

  const secret = await secretOf(subject, app, signal);
  if (secret.kind !== 'ok') return secret;
  const { clientSecret } = secret;
  if (apps.settings.clientSecret !== null && clientSecret === null) return blocked('app_without_secret');
  const clientId = app.credentials?.oauthClient?.client_id ?? app.id;
  switch (await portals.recordApp(id, { clientId, appId: app.id, clientSecret })) {
    case 'recorded':
      return done;
    case 'gone':
      return blocked('app_left_in_okta');
    case 'taken':
      return blocked('portal_registered_otherwise');
  }
}
