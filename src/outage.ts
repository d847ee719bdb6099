/**
 * Errors of mysql2 and ioredis that pass by themselves: a server that is away, starting, stopping or read-only, and
 * a lock that was not to be had (MariaDB tells a deadlock before the lock for a new id as ER_AUTOINC_READ_FAILED).
 * Anything else would come again however often one tried.
 */
const PASSING =
  /^(ECONN|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|PROTOCOL_CONNECTION_LOST|ER_CON_COUNT_ERROR|ER_SERVER_SHUTDOWN|ER_SERVER_GONE|ER_CONNECTION_KILLED|ER_LOCK_DEADLOCK|ER_AUTOINC_READ_FAILED|ER_LOCK_WAIT_TIMEOUT|ER_OPTION_PREVENTS_STATEMENT|ER_CANT_EXECUTE_IN_READ_ONLY)/;

/** All that mysql2 tells of a connection that was lost before this statement: there is no code. */
const LOST = "Can't add new command when connection is in closed state";

export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return error.message === LOST || (typeof code === 'string' && PASSING.test(code));
}
