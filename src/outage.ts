/**
 * Errors of mysql2 and ioredis that pass by themselves: a server that is away, starting, stopping or read-only, and
 * a lock that was not to be had (MariaDB tells a deadlock before the lock for a new id as ER_AUTOINC_READ_FAILED).
 * Anything else would come again however often one tried.
 */
const PASSING =
  /^(ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|PROTOCOL_CONNECTION_LOST|ER_CON_COUNT_ERROR|ER_SERVER_SHUTDOWN|ER_SERVER_GONE|ER_CONNECTION_KILLED|ER_LOCK_DEADLOCK|ER_AUTOINC_READ_FAILED|ER_LOCK_WAIT_TIMEOUT|ER_OPTION_PREVENTS_STATEMENT|ER_CANT_EXECUTE_IN_READ_ONLY)/;

export function isOutage(error: unknown): boolean {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && PASSING.test(code);
}
