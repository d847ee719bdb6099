import type { Logger } from 'pino';
import type { Database } from '../db/pool.ts';
import type { SubjectId } from '../domain/ids.ts';
import type { Operation } from '../domain/operations.ts';
import type { OktaError } from '../domain/outcome.ts';
import { errorFields } from '../log.ts';

/** Appends errors of Okta to the installation's `iam_error_log`. */
export interface ErrorLog {
  /** `error.text` must be scrubbed. Never throws: an error that cannot be logged must not cost the job. */
  append(operation: Operation, subjectId: SubjectId, error: OktaError): Promise<void>;
}

export function createErrorLog(db: Database, log: Logger): ErrorLog {
  return {
    async append(operation, subjectId, { status, code, text, requestId }) {
      const message = `${operation} ${subjectId}: ${text} [request ${requestId ?? 'unknown'}]`;
      try {
        await db.query('INSERT INTO iam_error_log (message, status_code, error_code) VALUES (?, ?, ?)', [
          message,
          status,
          code.slice(0, 36), // VARCHAR(36)
        ]);
      } catch (error) {
        log.warn({ operation, subjectId, ...errorFields(error) }, 'iam_error_log could not be written');
      }
    },
  };
}
