import { createHash } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import { alone } from './named-lock.ts';
import type { Database } from './pool.ts';

export interface Answer {
  status: number;
  /** JSON as it is sent. */
  body: string;
}

interface Row extends RowDataPacket {
  request_hash: string;
  status: number;
  answer: string;
}

/**
 * Runs `work` once for a caller's idempotency key and keeps its answer; the same request gets the same
 * answer again, another one under that key `null`.
 */
export async function once(
  db: Database,
  { apiKey, key, request }: { apiKey: string; key: string; request: string },
  work: () => Promise<Answer>,
): Promise<Answer | null> {
  const hash = sha256(request);
  return alone(db, `key ${apiKey} ${key}`, async (connection) => {
    const [[kept]] = await connection.query<Row[]>(
      'SELECT request_hash, status, answer FROM idempotency_keys WHERE api_key = ? AND idempotency_key = ?',
      [apiKey, key],
    );
    if (kept) return kept.request_hash === hash ? { status: kept.status, body: kept.answer } : null;
    const answer = await work();
    await connection.query(
      `INSERT INTO idempotency_keys (api_key, idempotency_key, request_hash, status, answer)
       VALUES (?, ?, ?, ?, ?)`,
      [apiKey, key, hash, answer.status, answer.body],
    );
    return answer;
  });
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
