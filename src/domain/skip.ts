/** Why a rule leaves somebody out, as codes that the API shows, and what that says to people. */
export const skipReasons = {
  login_expired: 'The login has expired.',
  status: 'The status is one of those that the configuration leaves out.',
  mail_domain: 'The mail domain logs in at an identity provider of its own.',
  no_portal: 'In no portal, or not in the selected one.',
  not_in_okta: 'Has no reference: Okta does not have them yet.',
  no_old_mail: 'Has no mail of Portage that is old and was not followed.',
  portal_offline: 'The portal is offline.',
} as const;

export type SkipReason = keyof typeof skipReasons;

export const skipReasonNames = Object.keys(skipReasons) as SkipReason[];

/** How many each reason leaves out; whom several leave out is counted with the first. */
export type SkippedBy = Partial<Record<SkipReason, number>>;
