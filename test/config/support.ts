import { createHash } from 'node:crypto';
import type { Fault } from '../../src/config/config.ts';
import { toConfig } from '../../src/config/load.ts';

const columns = { id: 'nr', email: 'post', firstName: 'vorname', lastName: 'nachname' };

/** The least that an operator has to write, and the environment that it names. */
export const minimal = () => ({
  api: { keys: [{ name: 'ops', sha256: createHash('sha256').update('a-key').digest('hex') }] },
  orgs: {
    acme: { baseUrl: 'https://acme.okta.com', credentials: { apiToken: { env: 'OKTA_TOKEN' } } },
  },
  installations: {
    werk: {
      database: { env: 'WERK_URL' },
      org: 'acme',
      groupId: '00g0123456789abcdefG',
      admins: { table: 'verwalter', columns },
    },
  },
});

export const environment = {
  REDIS_URL: 'redis://localhost',
  DATABASE_URL: 'mysql://portage:own-s3cret@localhost/portage',
  WERK_URL: 'mysql://portage:werk-s3cret@localhost/werk',
  OKTA_TOKEN: 'okta-s3cret',
};

type Env = Readonly<Record<string, string | undefined>>;

export function faultsOf(file: unknown, env: Env = environment): Fault[] {
  const loaded = toConfig(file, env);
  return loaded.kind === 'faulty' ? loaded.faults : [];
}

/** The faults of the minimal file after a change, as `path message`. */
export function faultsAfter(change: (file: Loose) => void, env: Env = environment): string[] {
  const file = minimal() as unknown as Loose;
  change(file);
  return faultsOf(file, env).map(({ path, message }) => `${path} ${message}`);
}

// biome-ignore lint/suspicious/noExplicitAny: a file that is wrong has no type
type Loose = any;
