import type { LogRecord, Party } from './log-record.ts';

/** How Okta words them. Okta, System Log: catalogue of event types. */
const MESSAGES: Readonly<Record<string, string>> = {
  'user.lifecycle.create': 'Create okta user',
  'user.lifecycle.activate': 'Activate Okta user',
  'user.lifecycle.reactivate': 'Reactivate Okta user',
  'user.lifecycle.deactivate': 'Deactivate Okta user',
  'user.account.reset_password': 'User reset password for Okta by admin',
  'user.lifecycle.suspend': 'Suspend Okta user',
  'user.lifecycle.unsuspend': 'Unsuspend Okta user',
  'user.lifecycle.delete.initiated': 'Delete Okta user initiated',
  'user.lifecycle.delete.completed': 'Delete Okta user completed',
  'user.account.update_profile': 'Update user profile for Okta',
  'user.session.start': 'User login to Okta',
  'user.authentication.sso': 'User single sign on to app',
  'group.lifecycle.create': 'Create Okta group',
  'group.lifecycle.delete': 'Delete Okta group',
  'group.profile.update': 'Okta group profile update',
  'group.user_membership.add': 'Add user to group membership',
  'group.user_membership.remove': 'Remove user from group membership',
  'group.application_assignment.add': 'Add assigned application to group',
  'group.application_assignment.remove': 'Remove assigned application from group',
  'group.application_assignment.update': 'Update assigned application in group',
  'group.user_membership.rule.add_exclusion': 'Add user to group membership exclusion rule',
  'group.user_membership.rule.invalidate': 'Invalidate group membership rule',
  'application.lifecycle.create': 'Create application',
  'application.lifecycle.update': 'Update application',
  'application.lifecycle.activate': 'Activate application',
  'application.lifecycle.deactivate': 'Deactivate application',
  'application.lifecycle.delete': 'Delete application',
  'application.user_membership.add': 'Add user to application membership',
  'application.user_membership.remove': "Remove user's application membership",
  'application.user_membership.update': "Update user's application membership",
  'directory.user_profile.update': 'Update universal directory user profile',
  'app.oauth2.token.grant.access_token': 'OAuth2 access token is granted',
};

const OKTA: Party = {
  id: 'okta.system',
  type: 'SystemPrincipal',
  alternateId: 'system@okta.com',
  displayName: 'Okta System',
};

/** An event as the API shows it. Okta, System Log API: LogEvent. */
export function toLogEvent(record: LogRecord): Record<string, unknown> {
  const { caller } = record;
  const failure = record.failure ?? null;
  return {
    actor: { ...(record.actor ?? caller?.actor ?? OKTA), detailEntry: null },
    client: {
      userAgent: caller && { rawUserAgent: caller.userAgent, os: 'Unknown', browser: 'UNKNOWN' },
      zone: 'null',
      device: 'Unknown',
      id: caller?.clientId ?? null,
      ipAddress: caller?.ipAddress ?? null,
      geographicalContext: null,
    },
    device: null,
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      externalSessionId: caller?.requestId ?? 'unknown',
    },
    displayMessage: MESSAGES[record.type] ?? record.type,
    eventType: record.type,
    outcome: { result: failure === null ? 'SUCCESS' : 'FAILURE', reason: failure },
    published: new Date(record.publishedMs).toISOString(),
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    severity: failure === null ? 'INFO' : 'WARN',
    debugContext: { debugData: caller ? { requestId: caller.requestId, requestUri: caller.path } : {} },
    legacyEventType: null,
    transaction: {
      type: caller === null ? 'JOB' : 'WEB',
      id: caller?.requestId ?? record.uuid,
      detail: caller?.tokenId ? { requestApiTokenId: caller.tokenId } : {},
    },
    uuid: record.uuid,
    version: '0',
    request: {
      ipChain: caller?.ipAddress
        ? [{ ip: caller.ipAddress, geographicalContext: null, version: 'V4', source: null }]
        : [],
    },
    target: record.targets.map((target) => ({ ...target, detailEntry: null })),
  };
}
