import type { IncomingHttpHeaders } from 'node:http';
import { isRecord } from './json.ts';

const CREDENTIAL_LINKS = [
  'resetPassword',
  'forgotPassword',
  'expirePassword',
  'changePassword',
  'changeRecoveryQuestion',
];

/** A user without what the caller can do without. Okta, Users API: the `okta-response` of a Content-Type. */
export function trim(user: Record<string, unknown>, headers: IncomingHttpHeaders): Record<string, unknown> {
  const omitted = /okta-response="?([^";]*)/.exec(headers['content-type'] ?? '')?.[1]?.split(',') ?? [];
  if (omitted.length === 0) return user;
  const trimmed = { ...user };
  if (omitted.includes('omitCredentials')) delete trimmed.credentials;
  if (omitted.includes('omitTransitioningToStatus')) delete trimmed.transitioningToStatus;
  if (omitted.includes('omitCredentialsLinks') && isRecord(user._links)) {
    const links = Object.entries(user._links).filter(([name]) => !CREDENTIAL_LINKS.includes(name));
    trimmed._links = Object.fromEntries(links);
  }
  return trimmed;
}
