import type { App } from '../app.ts';
import type { Migration } from '../domain/migration.ts';
import { type Operation, operations } from '../domain/operations.ts';
import type { Selection } from '../domain/selection.ts';
import type { Installation } from '../efs/installation.ts';
import type { Query } from '../efs/source.ts';
import type { Allowance } from '../limiter/limiter.ts';

type Job = Pick<Migration, 'installation' | 'operation'>;

/** The query of each operation; undefined where the configuration does not name its subjects. */
const queries: Record<Operation, (installation: Installation, app: App) => Query | undefined> = {
  'create-admins': ({ sources }) => sources.admin,
  'create-panelists': ({ sources }) => sources.panelist,
};

/** Which subjects a migration has. Throws when the configuration has lost the installation or its subjects. */
export function queryOf(app: App, { installation: name, operation }: Job): Query {
  const installation = app.installations.get(name);
  const query = installation && queries[operation](installation, app);
  if (!query) throw new Error(`Bug: ${name} is not configured for ${operation}`);
  return query;
}

/** The last id of a selection by `first`: the last of all when there are fewer; null for the others. */
export async function lastIdOf(query: Query, selection: Selection): Promise<number | null> {
  if (selection.first === undefined) return null;
  return (await query.nthEligible(selection.first, selection)) ?? query.lastId();
}

/** What a migration's calls spend; undefined when its installation is no longer configured. */
export function allowanceOf({ config }: App, { installation, operation }: Job): Allowance | undefined {
  const org = config.installations[installation]?.org;
  return org === undefined ? undefined : { org, bucket: operations[operation].bucket };
}
