import type { App } from '../app.ts';
import { mappingOf } from '../config/mapping.ts';
import { adoptionOf } from '../domain/adoption.ts';
import type { SubjectId } from '../domain/ids.ts';
import { type LoginOwner, LoginTable } from '../domain/login-table.ts';
import { markerText } from '../domain/marker.ts';
import type { PersonKind } from '../domain/operations.ts';
import { toOktaProfile } from '../domain/profile.ts';
import type { Selection } from '../domain/selection.ts';
import type { SkipReason } from '../domain/skip.ts';
import { type UserRules, type ValueFault, valueFaults } from '../domain/user-schema.ts';
import type { Installation } from '../efs/installation.ts';
import type { PersonOnPage, Source } from '../efs/source.ts';
import { lastIdOf } from './queries.ts';

const PAGE_ROWS = 1_000;

/** What a run would do with one person, as far as can be told without Okta's users. */
export type Prediction =
  | { kind: 'skipped'; reason: SkipReason | null }
  /** Has every reference. */
  | { kind: 'done' }
  /** In Okta for another portal: only a reference is missing. */
  | { kind: 'refer' }
  | { kind: 'create'; login: string }
  /** Another person's Okta user, which the policy allows to take over. */
  | { kind: 'adopt' }
  | { kind: 'fail'; code: 'mail_missing' | 'mail_invalid' | 'reference_invalid' }
  /** Somebody has the login, or is to have it; `outcome` as it would be. */
  | { kind: 'fail'; code: 'login_taken'; outcome: 'taken' | 'duplicate' }
  | { kind: 'fail'; code: 'okta_refused'; faults: { fault: ValueFault; attribute: string }[] };

export type Predicted = { id: SubjectId; prediction: Prediction };

/** One kind of people of one installation; its place in a list stands for it in a `LoginTable`. */
interface Crowd {
  installation: Installation;
  kind: PersonKind;
  source: Source;
}

/** Tells of everybody, in the order of their ids, what creating this kind of people would do with them. */
export async function* predictCreations(
  installation: Installation,
  kind: PersonKind,
  selection: Selection,
  { crowds, logins }: InOkta,
  rules: UserRules | null,
  signal: AbortSignal,
): AsyncGenerator<Predicted> {
  const own = crowds.findIndex((crowd) => crowd.installation === installation && crowd.kind === kind);
  const source = crowds[own]?.source;
  if (!source) throw new Error(`Bug: ${installation.config.name} has no ${kind}s`);
  const { adoptExisting } = installation.config;
  const mapping = mappingOf(installation.config, kind);
  const adopted = new LoginTable();

  const throughId = await lastIdOf(source, selection);
  for (let afterId = 0; ; ) {
    signal.throwIfAborted();
    const page = await source.people(selection, throughId, afterId, PAGE_ROWS);
    const last = page.at(-1);
    if (!last) return;
    for (const person of page) yield { id: person.id, prediction: predict(person) };
    afterId = last.id;
  }

  function predict({ id, standing, reason }: PersonOnPage): Prediction {
    switch (standing.kind) {
      case 'skipped':
        return { kind: 'skipped', reason };
      case 'referenced':
        return { kind: 'done' };
      case 'misreferenced':
        return { kind: 'fail', code: 'reference_invalid' };
      case 'wanted':
        break;
    }
    if (standing.oktaId) return { kind: 'refer' };
    const mapped = toOktaProfile(standing.person, mapping);
    if (mapped.kind === 'unusable') return { kind: 'fail', code: mapped.code };
    const { profile } = mapped;
    const owner = logins.find(profile.login);
    const faults = rules ? valueFaults(profile, rules) : [];
    if (owner) return predictTaken(id, profile.login, owner);
    if (faults.length > 0) return { kind: 'fail', code: 'okta_refused', faults };
    logins.add(profile.login, { source: own, id });
    return { kind: 'create', login: profile.login };
  }

  /** As a worker decides it, when Okta has refused the login. */
  function predictTaken(id: SubjectId, login: string, owner: LoginOwner): Prediction {
    const crowd = crowds[owner.source];
    if (!crowd) throw new Error('Bug: a login of nobody');
    const marker = markerText({
      installation: crowd.installation.config.name,
      kind: crowd.kind,
      id: owner.id as SubjectId,
    });
    const existing = { id: marker, status: 'STAGED', login, marker };
    const wanted = { installation: installation.config.name, kind, id, login };
    const adoption = adoptionOf(existing, wanted, adoptExisting);
    if (adoption.kind === 'allowed' && !adopted.find(login)) {
      adopted.add(login, { source: own, id });
      return { kind: 'adopt' };
    }
    return {
      kind: 'fail',
      code: 'login_taken',
      outcome: adoption.kind === 'taken' ? 'taken' : 'duplicate',
    };
  }
}

/** Everybody whom Portage may have created in the org of this installation: who shares no user with this kind first. */
function crowdsOf({ installations }: App, own: Installation, ownKind: PersonKind): Crowd[] {
  const distance = ({ installation, kind }: Crowd) => (installation === own ? Number(kind !== ownKind) : 2);
  return [...installations.values()]
    .filter((each) => each.config.org === own.config.org)
    .flatMap((installation) =>
      (['admin', 'panelist'] as const).flatMap((kind) => {
        const source = installation.sources[kind];
        return source ? [{ installation, kind, source }] : [];
      }),
    )
    .toSorted((one, other) => distance(one) - distance(other));
}

/** Who is in Okta by the references, of everybody whom Portage may have created in one org. */
export interface InOkta {
  crowds: Crowd[];
  logins: LoginTable;
  /** Other installations, whose databases could not be read. */
  unread: string[];
}

/**
 * The logins of all who have a reference, as they would be made today; of several who share a user, that of the one who
 * is nearest to `kind`. Rejects when this installation cannot be read.
 */
export async function loginsInOkta(
  app: App,
  installation: Installation,
  kind: PersonKind,
  signal: AbortSignal,
): Promise<InOkta> {
  const crowds = crowdsOf(app, installation, kind);
  const logins = new LoginTable();
  const unread = new Set<string>();
  for (const [number, crowd] of crowds.entries()) {
    try {
      await addReferenced(logins, crowd, number, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (crowd.installation === installation) throw error;
      unread.add(crowd.installation.config.name);
    }
  }
  return { crowds, logins, unread: [...unread] };
}

async function addReferenced(
  logins: LoginTable,
  { installation, kind, source }: Crowd,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  const mapping = mappingOf(installation.config, kind);
  for (let afterId = 0; ; ) {
    signal.throwIfAborted();
    const page = await source.referenced(afterId, PAGE_ROWS);
    const last = page.at(-1);
    if (!last) return;
    for (const person of page) {
      const mapped = toOktaProfile(person, mapping);
      if (mapped.kind === 'complete') logins.add(mapped.profile.login, { source: number, id: person.id });
    }
    afterId = last.id;
  }
}
