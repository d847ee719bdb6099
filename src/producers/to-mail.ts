import type { App } from '../app.ts';
import { mailedUsers } from '../db/activations.ts';
import type { SubjectId } from '../domain/ids.ts';
import { isActivation, operations } from '../domain/operations.ts';
import type { Wanted } from './preflight.ts';
import { lastIdOf, queryOf } from './queries.ts';

const PAGE_ROWS = 1_000;

/**
 * Whom a migration would have Okta mail, page by page, as far as Portage knows: an activation is offered those too who
 * share their user in Okta with somebody who is mailed or active, and mails them nothing.
 */
export async function* toMail(app: App, wanted: Wanted, signal?: AbortSignal): AsyncGenerator<SubjectId[]> {
  const query = queryOf(app, wanted);
  const throughId = await lastIdOf(query, wanted.selection);
  for (let afterId = 0; ; ) {
    signal?.throwIfAborted();
    const page = await query.page(wanted.selection, throughId, afterId, PAGE_ROWS);
    if (page.lastId === null) return;
    yield isActivation(wanted.operation) ? await unmailed(app, wanted, page.wanted) : page.wanted;
    afterId = page.lastId;
  }
}

async function unmailed(
  app: App,
  { installation, operation }: Wanted,
  ids: SubjectId[],
): Promise<SubjectId[]> {
  const { subject } = operations[operation];
  const source = subject === 'portal' ? undefined : app.installations.get(installation)?.sources[subject];
  if (!source) throw new Error(`Bug: ${installation} is not configured for ${operation}`);
  const users = await source.oktaIdsOf(ids);
  const mailed = await mailedUsers(app.db, [...users.values()]);
  return ids.filter((id) => {
    const user = users.get(id);
    return user === undefined || !mailed.has(user);
  });
}
