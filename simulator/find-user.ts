import { type Checked, notFound, ok } from './errors.ts';
import { foldLogin, type Org, type User } from './org.ts';

/** A user by id, login or short login (the part before the @), if only one has it. Okta, Users API: get a user. */
export function findUser(org: Org, key: string): Checked<User> {
  // Okta, Users API: who has a slash in his login cannot be fetched by it.
  if (key.includes('/') && !org.options.fetchesSlashLogins) return notFound(key, 'User');
  const user = org.users.get(key) ?? org.byLogin.get(foldLogin(key)) ?? findByShortLogin(org, key);
  return user === undefined ? notFound(key, 'User') : ok(user);
}

/** Reads everybody, so it is not tried with what can only be an id. */
function findByShortLogin(org: Org, key: string): User | undefined {
  if (key.includes('@') || /^00u\w{17}$/.test(key)) return undefined;
  const start = `${foldLogin(key)}@`;
  const found = [...org.byLogin].filter(([login]) => login.startsWith(start));
  return found.length === 1 ? found[0]?.[1] : undefined;
}
