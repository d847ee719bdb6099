import { escapeId } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import type { App } from '../app.ts';
import { failedSubjects } from '../db/failures.ts';
import { passingFailures } from '../domain/failure.ts';
import { isCreation, operationNames, operations } from '../domain/operations.ts';
import type { Installation } from '../efs/installation.ts';
import { openAmong, openBeside } from '../producers/open-beside.ts';
import { queryOf } from '../producers/queries.ts';

/**
 * What is missing before EFS may let people in by its module, for people to read: portals that Okta does not know,
 * and people of phase 1 who are neither referenced nor a recorded failure that would come again.
 */
export async function missingForModule(app: App, installation: Installation): Promise<string[]> {
  const portals = await portalsWithoutClient(installation);
  const creations = operationNames.filter(isCreation);
  const people = await Promise.all(
    creations.map(async (operation) => {
      const { subject } = operations[operation];
      if (subject === 'portal' || !installation.sources[subject]) return [];
      const { open, passing } = await openOf(app, installation.config.name, operation);
      return [
        ...(open > 0 ? [`${count(open, subject)} neither created nor failed: run ${operation}`] : []),
        ...(passing > 0
          ? [
              `${count(passing, subject)} failed with ${passingFailures.join(' or ')}: retry, or run ${operation}`,
            ]
          : []),
      ];
    }),
  );
  return [
    ...(portals > 0 ? [`${count(portals, 'portal')} without a client_id: run register-portals`] : []),
    ...people.flat(),
  ];
}

/** The eligible people who are not done: those without a recorded failure, and those with one that may pass. */
async function openOf(
  app: App,
  installation: string,
  operation: (typeof operationNames)[number],
): Promise<{ open: number; passing: number }> {
  const failed = await failedSubjects(app.db, installation, operation);
  const [query, all] = [queryOf(app, { installation, operation }), { selection: {}, throughId: null }];
  const idsOf = (those: typeof failed) => those.map(({ id }) => id);
  return {
    open: await openBeside(query, all, idsOf(failed)),
    passing: await openAmong(query, all, idsOf(failed.filter(({ passing }) => passing))),
  };
}

/** Where no table of portals is configured, those that panelists are in count. */
async function portalsWithoutClient({ config, db, portals: registered }: Installation): Promise<number> {
  if (registered) {
    const { eligible, done } = await registered.count({}, null);
    return eligible - done;
  }
  const { portals, membership } = config; // registered by others
  const table = portals?.table ?? membership?.table;
  const id = portals?.columns.id ?? membership?.columns.portalId;
  if (!table || !id) return 0;
  const [[row]] = await db.query<(RowDataPacket & { count: number })[]>(
    `SELECT COUNT(*) AS count FROM (SELECT DISTINCT ${escapeId(id)} AS id FROM ??) p
      WHERE p.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM iam_portal_settings s
        WHERE s.portal_id = p.id AND s.\`key\` = 'client_id' AND s.\`value\` <> '')`,
    [table],
  );
  return row?.count ?? 0;
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
