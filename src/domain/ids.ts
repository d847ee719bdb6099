/** Ids that could be taken for one another are branded, so that the compiler tells them apart. */
type Brand<T, Name extends string> = T & { readonly __brand: Name };

/** Key of a migration in Portage's own database. */
export type MigrationId = Brand<number, 'MigrationId'>;
/** Key of an admin, a panelist or a portal in the installation's database. */
export type SubjectId = Brand<number, 'SubjectId'>;
/** Okta's id of a user: 20 ASCII letters and digits, case-sensitive. */
export type OktaUserId = Brand<string, 'OktaUserId'>;

const OKTA_ID = /^[0-9A-Za-z]{20}$/;

/**
 * Okta's id as the reference tables can hold it: they have BINARY(20), which pads a shorter id with zero
 * bytes and cuts a longer one.
 */
export function oktaUserId(text: string): OktaUserId {
  if (!isOktaUserId(text)) throw new Error('Bug: not an Okta id of 20 letters and digits');
  return text;
}

export const isOktaUserId = (text: string): text is OktaUserId => OKTA_ID.test(text);
