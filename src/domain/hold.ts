import type { OktaError } from './outcome.ts';

/** Why Okta refuses everybody alike. */
export type Misconfiguration =
  /** The token, or the session that it stands for. */
  | 'credentials'
  /** The token's rights. */
  | 'rights'
  /** The group that people are created in. */
  | 'group';

/** What stops a migration, until Okta takes a probe or an operator resumes it. */
export interface Hold {
  reason: string;
  probed: boolean;
  /** Whether all installations of the org are concerned. */
  wholeOrg: boolean;
}

export function holdOf(cause: Misconfiguration, { status, code }: OktaError): Hold {
  const answer = `Okta answered ${status} ${code}`;
  switch (cause) {
    case 'credentials':
      return {
        reason: `The API token was refused (${answer}). Portage goes on by itself once Okta takes it.`,
        probed: true,
        wholeOrg: true,
      };
    case 'rights':
      return {
        reason: `The API token may not create users in this group (${answer}). Give it the right, then resume.`,
        probed: false,
        wholeOrg: true,
      };
    case 'group':
      return {
        reason: `Okta does not have the group of groupId (${answer}). Correct it, then resume.`,
        probed: false,
        wholeOrg: false,
      };
  }
}
