import type { App } from '../app.ts';
import type { Migration } from '../domain/migration.ts';
import { operations } from '../domain/operations.ts';
import type { Selection } from '../domain/selection.ts';
import type { Source } from '../efs/source.ts';
import type { Allowance } from '../limiter/limiter.ts';

type Job = Pick<Migration, 'installation' | 'operation'>;

/** Where a migration's people are. Throws when the configuration has lost the installation or its people. */
export function sourceOf({ installations }: App, { installation, operation }: Job): Source {
  const source = installations.get(installation)?.sources[operations[operation].subject];
  if (!source) throw new Error(`Bug: ${installation} is not configured for ${operation}`);
  return source;
}

/** The last id of a selection by `first`: the last of all when there are fewer people; null for the others. */
export async function lastIdOf(source: Source, selection: Selection): Promise<number | null> {
  if (selection.first === undefined) return null;
  return (await source.nthEligible(selection.first, selection)) ?? source.lastId();
}

/** What a migration's calls spend; undefined when its installation is no longer configured. */
export function allowanceOf({ config }: App, { installation, operation }: Job): Allowance | undefined {
  const org = config.installations[installation]?.org;
  return org === undefined ? undefined : { org, bucket: operations[operation].bucket };
}
