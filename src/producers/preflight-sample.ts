import pLimit from 'p-limit';
import { adoptionOf } from '../domain/adoption.ts';
import type { Finding } from '../domain/finding.ts';
import type { SubjectId } from '../domain/ids.ts';
import type { PersonKind } from '../domain/operations.ts';
import { boundsOf, type Sample } from '../domain/sample.ts';
import type { Installation } from '../efs/installation.ts';
import type { OktaClient } from '../okta/client.ts';

const READS_AT_ONCE = 5;

/** Somebody whom a run would create. */
export interface Candidate {
  id: SubjectId;
  login: string;
}

type Seen = 'free' | 'own' | 'adopted' | 'taken' | 'unknown';

/** Asks Okta for some of the logins that are to be made, and tells how many of all may exist already. */
export async function existingLogins(
  okta: OktaClient,
  { config }: Installation,
  kind: PersonKind,
  sample: Sample<Candidate>,
  signal: AbortSignal,
): Promise<Finding[]> {
  const inTurn = pLimit(READS_AT_ONCE);
  const looked = await Promise.all(
    sample.items.map((candidate) => inTurn(async () => ({ candidate, seen: await look(candidate) }))),
  );
  const known = looked.filter(({ seen }) => seen !== 'unknown');
  if (known.length === 0) return [];
  const of = (wanted: Seen) => known.filter(({ seen }) => seen === wanted).map(({ candidate: { id } }) => id);
  const { estimated, atLeast, atMost } = boundsOf(of('taken').length, known.length, sample.offered);
  const asked = `Asked Okta for ${known.length} of ${sample.offered} logins`;
  const bounds =
    atLeast === atMost
      ? `${estimated} are somebody else's already`
      : `${of('taken').length} are somebody else's already: of all about ${estimated}, ${atLeast} to ${atMost} with 95 % confidence`;
  const finding: Finding = {
    severity: atLeast > 0 ? 'warning' : 'info',
    code: 'login_exists',
    message: `${asked}: ${bounds}. Whoever has such a login fails; see adoptExisting.`,
    count: estimated,
    examples: of('taken'),
  };
  const others = [
    { seen: 'own', what: 'were created by Portage before and are adopted' },
    { seen: 'adopted', what: 'exist already and are taken over, as adoptExisting allows' },
  ] as const;
  return [
    finding,
    ...others.flatMap(({ seen, what }): Finding[] => {
      const ids = of(seen);
      const message = `${asked}: ${ids.length} ${what}.`;
      return ids.length > 0
        ? [{ severity: 'info', code: `login_${seen}`, message, count: ids.length, examples: ids }]
        : [];
    }),
  ];

  async function look({ id, login }: Candidate): Promise<Seen> {
    if (login.includes('/')) return 'unknown'; // Okta takes a slash for the end of a login
    const turn = await okta.turn('user-read', { lane: 'sweep', signal });
    const reply = await okta.getUser(turn, login, signal);
    if (reply.kind === 'refused') return reply.error.status === 404 ? 'free' : 'unknown';
    if (reply.kind !== 'ok') return 'unknown';
    const { profile, ...user } = reply.body;
    const marker = profile[config.markerAttribute];
    const existing = {
      ...user,
      login: profile.login,
      marker: typeof marker === 'string' ? marker : null,
    };
    const adoption = adoptionOf(
      existing,
      { installation: config.name, kind, id, login },
      config.adoptExisting,
    );
    switch (adoption.kind) {
      case 'unrelated':
        return 'free';
      case 'own':
        return 'own';
      case 'allowed':
        return 'adopted';
      case 'taken':
      case 'duplicate':
        return 'taken';
    }
  }
}
