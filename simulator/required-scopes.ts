/** What the API's parts are called in scopes. Okta, OAuth 2.0 scopes. */
const AREAS: readonly (readonly [start: string, area: string])[] = [
  ['/api/v1/users', 'users'],
  ['/api/v1/groups', 'groups'],
  ['/api/v1/apps', 'apps'],
  ['/api/v1/logs', 'logs'],
  ['/api/v1/meta/schemas', 'schemas'],
  ['/api/v1/identity-sources', 'identitySources'],
  ['/api/v1/principal-rate-limits', 'principalRateLimits'],
];

/** The scopes of which one is enough for a call; none are asked for on paths that are not there. */
export function requiredScopes(method: string, path: string): readonly string[] {
  const area = AREAS.find(([start]) => path === start || path.startsWith(`${start}/`))?.[1];
  if (area === undefined) return [];
  return method === 'GET' ? [`okta.${area}.read`, `okta.${area}.manage`] : [`okta.${area}.manage`];
}
