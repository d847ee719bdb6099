import type { OktaError } from './outcome.ts';

/**
 * Why a migration is held; stable codes that the API shows. credentials, rights, group, attribute: Okta refuses the
 * token, its rights, the group that people are created in, or an attribute of their profiles. refusals: most people
 * fail, so that it is the mapping that is wrong, not they. okta: Okta hardly answers. database: the installation's
 * cannot be used.
 */
export const holdCauses = [
  'credentials',
  'rights',
  'group',
  'attribute',
  'refusals',
  'okta',
  'database',
] as const;
export type HoldCause = (typeof holdCauses)[number];

/** Those that a single answer of Okta shows. */
export type Misconfiguration = Extract<HoldCause, 'credentials' | 'rights' | 'group' | 'attribute'>;

/** What stops a migration, until a probe succeeds or an operator resumes it. */
export interface Hold {
  cause: HoldCause;
  reason: string;
  probed: boolean;
  /** Whether all installations of the org are concerned. */
  wholeOrg: boolean;
}

/** Of so many answers in a row, no more than half may be bad. */
export const LAST = 100;

/**
 * Held for an answer of Okta; for `refusals` and `okta` it is one of many, and null when there was none: then `instead`
 * is told.
 */
export function holdOf(
  cause: Exclude<HoldCause, 'database'>,
  error: OktaError | null,
  instead = 'no answer of Okta',
): Hold {
  const answer = error ? [error.status || '', error.code].join(' ').trim() : instead;
  const told = [answer, error?.text].join(' ').slice(0, 200);
  switch (cause) {
    case 'credentials':
      return {
        cause,
        reason: `Portage's credentials were refused (Okta answered ${told}). Portage goes on by itself once Okta takes them.`,
        probed: true,
        wholeOrg: true,
      };
    case 'rights':
      return {
        cause,
        reason: `The API token lacks a right that this needs (Okta answered ${answer}). Give it the right, then resume.`,
        probed: false,
        wholeOrg: true,
      };
    case 'group':
      return {
        cause,
        reason: `Okta does not have the group of groupId (it answered ${answer}). Correct it, restart the API and the workers, then resume.`,
        probed: false,
        wholeOrg: false,
      };
    case 'attribute':
      return {
        cause,
        reason: `Okta's user schema lacks an attribute that people are mapped to${error ? ` (it answered ${told})` : ''}; the pre-flight names it. Add it there, then resume; or correct the configuration, restart the API and the workers, then resume.`,
        probed: false,
        wholeOrg: false,
      };
    case 'refusals':
      return {
        cause,
        reason: `More than half of the last ${LAST} people failed, lately with: ${told}. They count as not tried. Correct the data, or the configuration and restart the API and the workers; then resume. Or resume with acceptRefusals=true if they are to fail.`,
        probed: false,
        wholeOrg: false,
      };
    case 'okta':
      return {
        cause,
        reason: `Okta gave no good answer to more than half of the last ${LAST} calls (lately: ${answer}). Portage goes on by itself once it does.`,
        probed: true,
        wholeOrg: true,
      };
  }
}

export function databaseHold(code: string): Hold {
  return {
    cause: 'database',
    reason: `The installation's database cannot be used (${code}). Portage goes on by itself once it can.`,
    probed: true,
    wholeOrg: false,
  };
}
