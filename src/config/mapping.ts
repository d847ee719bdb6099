import type { PersonKind } from '../domain/operations.ts';
import type { ProfileMapping } from '../domain/profile.ts';
import type { InstallationConfig } from './config.ts';

/** How people of this kind become Okta profiles. */
export function mappingOf(installation: InstallationConfig, kind: PersonKind): ProfileMapping {
  const { name, login, markerAttribute } = installation;
  const attributes = installation[`${kind}s`]?.profile ?? {};
  return { installation: name, kind, login, markerAttribute, attributes };
}
