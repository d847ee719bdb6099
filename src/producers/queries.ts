import type { App } from '../app.ts';
import { activationLot, type LotOf, resendLot } from '../domain/activation.ts';
import type { OrgBucket } from '../domain/buckets.ts';
import type { MigrationId } from '../domain/ids.ts';
import type { Migration } from '../domain/migration.ts';
import { type Bucket, type Operation, operations, type PersonKind } from '../domain/operations.ts';
import type { Selection } from '../domain/selection.ts';
import type { Installation } from '../efs/installation.ts';
import type { Query } from '../efs/source.ts';
import { mailingQuery } from './mailings.ts';
import { portalUpdates } from './portal-updates.ts';

type Job = Pick<Migration, 'installation' | 'operation'>;
/** What some operations have to know of the migration besides. */
type Begun = Pick<Migration, 'id' | 'createdAt' | 'options'>;

/** The query of each operation; undefined where the configuration does not name its subjects. */
const queries: Record<Operation, (installation: Installation, app: App, begun: Begun) => Query | undefined> =
  {
    'create-admins': ({ sources }) => sources.admin,
    'create-panelists': ({ sources }) => sources.panelist,
    'activate-admins': (installation, app) => mailed(app, installation, 'admin', activationLot),
    'activate-panelists': (installation, app) => mailed(app, installation, 'panelist', activationLot),
    'resend-to-admins': (installation, app, begun) => mailed(app, installation, 'admin', resendLot(begun)),
    'resend-to-panelists': (installation, app, begun) =>
      mailed(app, installation, 'panelist', resendLot(begun)),
    'register-portals': ({ portals }) => portals ?? undefined,
    'update-portals': ({ portals }, { db }, { id }) => (portals ? portalUpdates(portals, db, id) : undefined),
  };

function mailed({ db }: App, { config, inOkta }: Installation, kind: PersonKind, lotOf: LotOf) {
  const source = inOkta[kind];
  return source && mailingQuery(source, db, { installation: config.name, kind }, lotOf);
}

/** Which subjects a migration has, or one that is not begun. Throws when the configuration has lost the installation or its subjects. */
export function queryOf(
  app: App,
  {
    installation: name,
    operation,
    id = 0 as MigrationId,
    createdAt = new Date(),
    options = {},
  }: Job & Partial<Begun>,
): Query {
  const installation = app.installations.get(name);
  const query = installation && queries[operation](installation, app, { id, createdAt, options });
  if (!query) throw new Error(`Bug: ${name} is not configured for ${operation}`);
  return query;
}

/** The last id of a selection by `first`: the last of all when there are fewer; null for the others. */
export async function lastIdOf(query: Query, selection: Selection): Promise<number | null> {
  if (selection.first === undefined) return null;
  return (await query.nthEligible(selection.first, selection)) ?? query.lastId();
}

/** What a migration's jobs wait in line for; undefined when its installation is no longer configured. */
export function allowanceOf({ config }: App, { installation, operation }: Job): OrgBucket | undefined {
  const org = config.installations[installation]?.org;
  return org === undefined ? undefined : { org, bucket: operations[operation].bucket };
}

/** What else its calls spend, always or at times: a token, too, where the org gives one to a service app. */
export function otherAllowancesOf({ config }: App, { org }: OrgBucket, operation: Operation) {
  const { also = [], atTimes = [] } = operations[operation];
  const token: Bucket[] = config.orgs[org]?.credentials.kind === 'oauth' ? ['token'] : [];
  return [
    ...also.map((bucket) => ({ allowance: { org, bucket }, needed: 'always' as const })),
    ...[...atTimes, ...token].map((bucket) => ({ allowance: { org, bucket }, needed: 'at-times' as const })),
  ];
}
