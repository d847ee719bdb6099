import type { InstallationConfig } from '../config/config.ts';
import type { OktaError } from '../domain/outcome.ts';
import type { TurnOptions } from '../limiter/limiter.ts';
import type { OktaClient } from '../okta/client.ts';
import type { Reply } from '../okta/reply.ts';

/** What is wrong with the app of EFS itself, which somebody has registered by hand. */
export interface EfsAppFault {
  code:
    | 'efs_app_missing'
    | 'efs_app_inactive'
    | 'efs_app_redirect_uri'
    | 'efs_app_group'
    | 'efs_app_unreadable';
  /** The setting that it is about. */
  path: string;
  message: string;
}

/** Compares the app with what the configuration says of it: two reads, or none where it says nothing. */
export async function checkEfsApp(
  okta: OktaClient,
  { name, efsApp, groupId }: InstallationConfig,
  how: TurnOptions,
): Promise<EfsAppFault[]> {
  if (!efsApp) return [];
  const at = `/installations/${name}/efsApp`;
  const found = await okta.getApp(await okta.turn('app', how), efsApp.id, how.signal);
  if (isMissing(found)) {
    const message = 'Okta has no such app: register EFS there, or correct the id';
    return [{ code: 'efs_app_missing', path: `${at}/id`, message }];
  }
  if (found.kind !== 'ok') return [unreadable(at, found.error)];

  const { status, settings } = found.body;
  const inactive: EfsAppFault = {
    code: 'efs_app_inactive',
    path: `${at}/id`,
    message: 'is inactive in Okta: nobody can log in by it until it is activated there',
  };
  const known = new Set(settings?.oauthClient?.redirect_uris);
  const missing = (efsApp.redirectUris ?? []).flatMap((uri, i): EfsAppFault[] =>
    known.has(uri)
      ? []
      : [
          {
            code: 'efs_app_redirect_uri',
            path: `${at}/redirectUris/${i}`,
            message: 'is none of the redirect URIs that the app has in Okta: add it there',
          },
        ],
  );
  const faults = [...(status === 'ACTIVE' ? [] : [inactive]), ...missing];
  const assigned = await okta.getAppGroup(await okta.turn('apps', how), efsApp.id, groupId, how.signal);
  if (assigned.kind === 'ok') return faults;
  if (!isMissing(assigned)) return [...faults, unreadable(at, assigned.error)];
  const message = `is not assigned to the group of groupId, ${groupId}: assign it in Okta`;
  return [...faults, { code: 'efs_app_group', path: `${at}/id`, message }];
}

const isMissing = (reply: Reply<unknown>) => reply.kind === 'refused' && reply.error.status === 404;

function unreadable(at: string, { status, code, text }: OktaError): EfsAppFault {
  const answer = status === 0 ? `cannot be reached (${code})` : `Okta: ${status} ${code} ${text}`;
  const message = `could not be compared with the app in Okta, which takes the right to read apps (${answer})`;
  return { code: 'efs_app_unreadable', path: `${at}/id`, message };
}
