import type { SubjectId } from './ids.ts';
import type { PersonKind, SubjectKind } from './operations.ts';

/** Whom Portage created an Okta user for; written into an attribute of the user's profile. */
export interface Marker {
  installation: string;
  kind: PersonKind;
  id: SubjectId;
}

/** The same in all attempts at one subject, and nobody else's: `musterpanel/panelist/4711`. */
export const markerText = ({
  installation,
  kind,
  id,
}: Omit<Marker, 'kind'> & { kind: SubjectKind }): string => `${installation}/${kind}/${id}`;

const MARKER = /^([a-z0-9-]{1,32})\/(admin|panelist)\/(\d{1,15})$/;

/** Null for what is not a marker of ours: the attribute may hold anything in other people's profiles. */
export function parseMarker(text: string | null | undefined): Marker | null {
  const [, installation, kind, id] = MARKER.exec(text ?? '') ?? [];
  if (!installation || !kind || !id) return null;
  return { installation, kind: kind as PersonKind, id: Number(id) as SubjectId };
}
