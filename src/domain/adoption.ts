import { type Marker, markerText, parseMarker } from './marker.ts';

/**
 * Whose Okta user a person may take over when the login exists already. never: only what Portage created for
 * this very person. same-person: also that of the installation's other kind, an admin who is a panelist too.
 * same-mail: also anybody else's, whoever has the login.
 */
export const adoptionPolicies = ['never', 'same-person', 'same-mail'] as const;
export type AdoptionPolicy = (typeof adoptionPolicies)[number];

/** What Okta has under the login. */
export interface ExistingUser {
  id: string;
  status: string;
  login: string;
  /** The attribute that would hold our marker. */
  marker: string | null;
}

export type Adoption =
  /** Created by Portage for this person. */
  | { kind: 'own' }
  /** May be taken over, by one person of a kind. */
  | { kind: 'allowed' }
  /** Somebody else's; named by marker or Okta's id, never by anything personal. */
  | { kind: 'taken'; owner: string }
  /** The same for another person of this installation: two people have one mail. */
  | { kind: 'duplicate'; owner: string }
  /** The lookup has found someone of another login: what was sent was wrong in another way. */
  | { kind: 'unrelated' };

export function adoptionOf(
  existing: ExistingUser,
  wanted: Marker & { login: string },
  policy: AdoptionPolicy,
): Adoption {
  if (!sameLogin(existing.login, wanted.login)) return { kind: 'unrelated' };
  const marker = parseMarker(existing.marker);
  const owner = marker ? markerText(marker) : existing.id;
  const own = owner === markerText(wanted);
  const sameInstallation = marker?.installation === wanted.installation;
  const taken = { kind: sameInstallation && !own ? 'duplicate' : 'taken', owner } as const;
  if (existing.status === 'DEPROVISIONED') return taken;
  if (own) return { kind: 'own' };
  if (sameInstallation && marker.kind === wanted.kind) return taken; // two people with one mail are two people
  const allowed = policy === 'same-mail' || (policy === 'same-person' && sameInstallation);
  return allowed ? { kind: 'allowed' } : taken;
}

/** Okta's logins are unique without case and accents (Okta, Users API: create user). */
function sameLogin(one: string, other: string): boolean {
  return foldLogin(one) === foldLogin(other);
}

/** Equal for logins that are the same to Okta. */
export const foldLogin = (login: string) => login.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
