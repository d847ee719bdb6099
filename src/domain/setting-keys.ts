/** What EFS may let its users in with: 1 is on. */
export const MODULE_ACTIVE = 'iam_module_active';

/** Whose a setting is: the org's, so that it changes with the org, or EFS' own. */
export type Owner = 'org' | 'efs';

/** The support page on moving an installation to another org lists them, except for the first and the last three. */
const owners: Readonly<Record<string, Owner>> = {
  [MODULE_ACTIVE]: 'efs',
  iam_post_logout_redirect_url: 'efs',
  iam_proxy_url: 'efs',
  iam_redirect_url: 'efs',
  iam_show_error_as_json: 'efs',
  iam_sso_modules: 'efs',
  iam_unique_customer_name: 'efs',
  iam_user_group_id: 'org',
  iam_well_known_url: 'org',
  iam_api_token: 'org',
  iam_client_id: 'org',
  iam_client_secret: 'org',
};

export const knownKeys: readonly string[] = Object.keys(owners);

/** Null: Portage does not know the setting. */
export const ownerOf = (key: string): Owner | null =>
  Object.hasOwn(owners, key) ? (owners[key] ?? null) : null;

export const settingKeyPattern = '^iam_[a-z0-9_]{1,60}$';

const SECRET_NAME = /token|secret|passw|private|credential|api_?key/;

/** Whether a value must never be shown: by its key's name, by configuration, or as an address with a password. */
export function isSecret(key: string, values: (string | null)[], secretKeys: readonly string[]): boolean {
  return (
    SECRET_NAME.test(key) || secretKeys.includes(key) || values.some((value) => value && hasPassword(value))
  );
}

const hasPassword = (value: string) => /\/\/[^/\s]*:[^/\s]*@/.test(value);
