import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';

const SERVER = process.env.DATABASE_URL ?? missing('DATABASE_URL');
export const REDIS_URL = process.env.REDIS_URL ?? missing('REDIS_URL');

/** A name that no other test uses: for databases, Redis prefixes, files. */
export const uniqueName = (what: string) => `${what}-${process.pid}-${randomBytes(4).toString('hex')}`;

/** An empty database of this test's own. */
export async function createDatabase(what: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = uniqueName(what).replaceAll('-', '_');
  await onServer(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`DROP DATABASE ${name}`) };
}

async function onServer(statement: string): Promise<void> {
  const connection = await createConnection({ uri: SERVER });
  await connection.query(statement);
  await connection.end();
}

function missing(name: string): never {
  throw new Error(`${name} is not set: run the tests with npm test`);
}
