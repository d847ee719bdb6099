import { type Finding, Findings } from '../domain/finding.ts';
import type { SubjectId } from '../domain/ids.ts';
import { operations } from '../domain/operations.ts';
import type { Installation } from '../efs/installation.ts';
import type { Wanted } from './preflight.ts';

/** Of the ids that were chosen those that nobody has: no count shows them, and nothing would be done for them. */
export async function unknownIds(
  { sources, portals }: Installation,
  { operation, selection }: Wanted,
): Promise<Finding[]> {
  const ids = [...new Set(selection.ids)] as SubjectId[];
  const { subject } = operations[operation];
  const findings = new Findings();
  if (subject === 'portal') {
    const isUpdate = operation === 'update-portals';
    const message = isUpdate ? 'Portage has registered no portal of this id.' : nobody(subject);
    for (const id of ids) {
      const found = await (isUpdate ? portals?.appIdOf(id) : portals?.read(id));
      if (!found) findings.add('warning', 'id_unknown', message, id);
    }
    return findings.all();
  }
  const known = await sources[subject]?.mailsOf(ids);
  for (const id of ids) if (!known?.has(id)) findings.add('warning', 'id_unknown', nobody(subject), id);
  return findings.all();
}

const nobody = (subject: string) => `The installation has no ${subject} of this id. Correct the ids.`;
