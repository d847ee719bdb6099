import type { SubjectStanding } from '../db/failures.ts';
import type { Outcome } from '../domain/outcome.ts';
import { isAppOf, type PortalApps, type PortalUris, toOkta } from '../domain/portal.ts';
import type { PortalStanding, Portals } from '../efs/portals.ts';
import type { OktaApp } from '../okta/apps.ts';
import type { Reply } from '../okta/reply.ts';
import type { Subject } from './process.ts';
import { scrubbed } from './record.ts';

/** A subject that is a portal. */
export interface PortalSubject extends Subject {
  portals: Portals;
  /** How portals become apps. */
  apps: PortalApps;
  /** How the portal stands at this moment, in the migration and in EFS. */
  look(): Promise<PortalStanding | Exclude<SubjectStanding, { kind: 'open' }>>;
}

export function portalOf(subject: Subject): PortalSubject {
  const { portals, config } = subject.installation;
  if (!portals || !config.portals?.app) throw new Error(`Bug: ${config.name} has no portals to register`);
  return {
    ...subject,
    portals,
    apps: config.portals.app,
    async look() {
      const standing = await subject.standing();
      return standing.kind === 'open' ? portals.find(subject.id) : standing;
    },
  };
}

/** Okta's text may quote what was sent, and EFS' tables do not hold all that can be in a name. */
export function cleaned(outcome: Outcome): Outcome {
  return 'error' in outcome && outcome.error ? scrubbed({ ...outcome, error: outcome.error }, null) : outcome;
}

/** The app that Portage has created for this portal, whose label begins with one of these texts. */
export async function findOwnApp(
  subject: Subject,
  starts: string[],
  signal: AbortSignal,
): Promise<{ kind: 'found'; app: OktaApp } | { kind: 'none' } | Exclude<Reply<OktaApp>, { kind: 'ok' }>> {
  const { okta, lane, installation, id } = subject;
  for (const start of starts.filter((each) => each !== '')) {
    const reply = await okta.listApps(await okta.turn('apps', { lane, signal }), start, signal);
    if (reply.kind !== 'ok') return reply;
    const app = reply.body.find(({ profile }) => isAppOf(installation.config.name, id, profile));
    if (app) return { kind: 'found', app };
  }
  return { kind: 'none' };
}

/** Has Okta send people to these addresses and no others; all the rest of the app stays as it was read. */
export async function readdress(
  { okta, lane }: Subject,
  app: OktaApp,
  uris: PortalUris,
  signal: AbortSignal,
): Promise<Reply<OktaApp>> {
  const { _links, _embedded, ...rest } = app as OktaApp & Record<'_links' | '_embedded', unknown>;
  const oauthClient = { ...app.settings?.oauthClient, ...toOkta(uris) };
  const body = { ...rest, settings: { ...app.settings, oauthClient } };
  return okta.replaceApp(await okta.turn('app', { lane, signal }), app.id, body, signal);
}

/** Okta's answers to creation and change show the secret, no look at the app does. Null: none is wanted, or active. */
export async function secretOf(
  { okta, lane, apps }: PortalSubject,
  app: OktaApp,
  signal: AbortSignal,
): Promise<{ kind: 'ok'; clientSecret: string | null } | Outcome> {
  if (apps.settings.clientSecret === null) return { kind: 'ok', clientSecret: null };
  const shown = app.credentials?.oauthClient?.client_secret;
  if (shown) return { kind: 'ok', clientSecret: shown };
  const reply = await okta.listAppSecrets(await okta.turn('apps', { lane, signal }), app.id, signal);
  if (reply.kind !== 'ok') return reply;
  const active = reply.body.find(({ status }) => status === 'ACTIVE');
  return { kind: 'ok', clientSecret: active?.client_secret ?? null };
}
