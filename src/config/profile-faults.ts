import type { MappedAttribute } from '../domain/profile.ts';
import type { Fault } from './config.ts';
import type { InstallationFile } from './schema.ts';

type Faults = Generator<Fault, void, undefined>;

/** What no schema can know of the mappings of an installation's people. */
export function* profileFaults({ admins, panelists, markerAttribute }: InstallationFile): Faults {
  for (const [kind, source] of Object.entries({ admins, panelists })) {
    for (const [name, attribute] of Object.entries(source?.profile ?? {})) {
      const at = `/${kind}/profile/${name}`;
      if (name === (markerAttribute ?? 'employeeNumber')) {
        yield { path: at, message: 'holds the mark of Portage: map another one, or set markerAttribute' };
      }
      for (const { path, message } of attributeFaults(attribute)) yield { path: at + path, message };
    }
  }
}

function* attributeFaults({
  column,
  concat,
  separator,
  transforms,
  default: fallback,
}: MappedAttribute): Faults {
  if (column && concat) yield { path: '', message: 'must have one of column and concat' };
  if (column || concat) {
    if (separator !== undefined && !concat) yield { path: '/separator', message: 'needs concat' };
    return;
  }
  if (fallback === undefined) yield { path: '', message: 'must have column, concat or default' };
  if (separator !== undefined) yield { path: '/separator', message: 'needs concat' };
  if (transforms) yield { path: '/transforms', message: 'needs column or concat' };
}
