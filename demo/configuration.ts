import { writeFileSync } from 'node:fs';
import type { ConfigFile } from '../src/config/schema.ts';
import { rules } from './rules.ts';

/** What differs between one run and the next. */
export interface Setting {
  /** Keeps this run's keys in Redis apart from all others. */
  redisPrefix: string;
  apiPort: number;
  apiKeySha256: string;
  oktaUrl: string;
  groupId: string;
  perMinute: number;
  readsPerMinute?: number;
  windowSeconds: number;
  concurrency?: number;
}

export const INSTALLATION = 'musterpanel';

/** Portage's configuration, as an operator would write it; secrets are named, not held. */
export function configuration(setting: Setting): ConfigFile {
  const { companyDomains: mailDomains, deletedStatuses: statuses } = rules;
  return {
    api: { port: setting.apiPort, keys: [{ name: 'operator', sha256: setting.apiKeySha256 }] },
    redis: { url: { env: 'REDIS_URL' }, prefix: setting.redisPrefix },
    database: { env: 'DATABASE_URL' },
    orgs: {
      okta: {
        baseUrl: setting.oktaUrl,
        credentials: { apiToken: { env: 'OKTA_API_TOKEN' } },
        allowances: {
          users: { perMinute: setting.perMinute },
          ...(setting.readsPerMinute && { 'user-read': { perMinute: setting.readsPerMinute } }),
        },
        windowSeconds: setting.windowSeconds,
        ...(setting.concurrency && { concurrency: setting.concurrency }),
      },
    },
    installations: {
      [INSTALLATION]: {
        database: { env: 'EFS_DATABASE_URL' },
        org: 'okta',
        groupId: setting.groupId,
        login: '{email}',
        admins: {
          table: 'users',
          columns: {
            id: 'uid',
            email: 'email',
            firstName: 'firstname',
            lastName: 'name',
            loginExpiresOn: 'login_expires_at',
          },
          skip: { expiredLogins: true, mailDomains },
        },
        panelists: {
          table: 'panelists',
          columns: {
            id: 'uid',
            email: 'u_email',
            firstName: 'u_firstname',
            lastName: 'u_name',
            status: 'pstatus',
          },
          skip: { statuses, mailDomains },
        },
        portals: { table: 'portals', columns: { id: 'id' } },
        membership: {
          table: 'portal_panelists',
          columns: { portalId: 'portal_id', panelistId: 'user_id' },
        },
      },
    },
  };
}

/** Besides, what portals and the module take. */
export function withPortals(file: ConfigFile): ConfigFile {
  const installation = file.installations[INSTALLATION];
  if (!installation) return file;
  const app = {
    redirectUris: ['https://panel.example/{urlName}/oidc'],
    postLogoutRedirectUris: ['https://panel.example/{urlName}/'],
    initiateLoginUri: 'https://panel.example/{urlName}/login',
  };
  const more: typeof installation = {
    ...installation,
    customerName: 'Musterpanel',
    portals: {
      table: 'portals',
      columns: { id: 'id', name: 'name', urlName: 'url_name', online: 'is_online' },
      skip: { offline: true },
      app,
    },
    settings: { table: 'config', columns: { key: 'name', value: 'value' } },
  };
  return { ...file, installations: { ...file.installations, [INSTALLATION]: more } };
}

/** Writes it so that only its owner can read it. */
export function writeConfiguration(path: string, file: ConfigFile): void {
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
}
