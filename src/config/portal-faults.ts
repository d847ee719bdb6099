import { defaultPortalApps, labelPlaceholders, uriPlaceholders } from '../domain/portal.ts';
import { placeholdersIn, render } from '../domain/template.ts';
import type { Fault } from './config.ts';
import type { PortalsSource } from './schema.ts';

type Faults = Generator<Fault, void, undefined>;

/** What is wrong with an installation's portals beyond their shape; paths are below `portals`. */
export function* portalFaults(
  { columns, skip, app }: PortalsSource,
  customerName: string | undefined,
): Faults {
  if (skip?.offline && !columns.online) yield { path: '/skip/offline', message: 'needs columns.online' };
  if (!app) return;
  const { redirectUris, postLogoutRedirectUris = [], initiateLoginUri } = app;
  const uris = [
    ...redirectUris.map((template, i) => ({ template, path: `/app/redirectUris/${i}` })),
    ...postLogoutRedirectUris.map((template, i) => ({ template, path: `/app/postLogoutRedirectUris/${i}` })),
    ...(initiateLoginUri ? [{ template: initiateLoginUri, path: '/app/initiateLoginUri' }] : []),
  ];
  for (const { template, path } of uris) yield* uriFaults(template, path);
  if (!columns.urlName && uris.some(({ template }) => template.includes('{urlName}'))) {
    yield { path: '/columns/urlName', message: 'is missing: a template of app holds {urlName}' };
  }

  const used = placeholdersIn(app.label ?? defaultPortalApps.label);
  yield* unknownIn(used, labelPlaceholders, '/app/label');
  if (used.includes('customer') && !customerName) {
    yield { path: '/app/label', message: "holds {customer}, which needs the installation's customerName" };
  }
  if (used.includes('portal') && !columns.name) {
    yield { path: '/columns/name', message: 'is missing: app.label holds {portal}' };
  }
  const keys = Object.values({ ...defaultPortalApps.settings, ...app.settings });
  if (new Set(keys).size < keys.length) yield { path: '/app/settings', message: 'names a key twice' };
}

function* uriFaults(template: string, path: string): Faults {
  yield* unknownIn(placeholdersIn(template), uriPlaceholders, path);
  const uri = render(template, { urlName: 'name', portalId: '1', installation: 'name' });
  if (!/^https?:\/\//.test(uri) || !URL.canParse(uri) || uri.includes('#')) {
    yield { path, message: 'must be an http or https address without a fragment' };
  }
}

export function* unknownIn(used: string[], known: readonly string[], path: string): Faults {
  for (const name of used.filter((name) => !known.includes(name))) {
    yield { path, message: `knows {${known.join('}, {')}}, not {${name}}` };
  }
}
