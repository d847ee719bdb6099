import type { App } from './app.ts';
import { missing } from './app-errors.ts';
import { type Checked, ok } from './errors.ts';
import type { Org } from './org.ts';

export function findApp(org: Org, id: string): Checked<App> {
  const app = org.apps.get(id);
  return app === undefined ? missing(id, 'AppInstance') : ok(app);
}
