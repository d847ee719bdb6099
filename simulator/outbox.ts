import type { Options } from './options.ts';

/** A mail to a user, or (`deactivation`) about him to the administrators. */
export interface Mail {
  readonly userId: string;
  readonly type: 'activation' | 'password-reset' | 'deactivation';
  /** False when the recipient had too many within a minute. */
  readonly delivered: boolean;
  /** Monotonic, like the arrivals. */
  readonly atMs: number;
}

export interface Outbox {
  /** To an address; null is the administrators'. */
  send(userId: string, type: Mail['type'], to: string | null): void;
  list(): readonly Mail[];
}

/**
 * Okta, rate limits for email: some types 30 a minute to one recipient. That one too many is dropped
 * without a word is INFERRED; the minute shrinks with the window.
 */
export function createOutbox({ mailsPerMinute, windowMs }: Options): Outbox {
  const mails: Mail[] = [];
  const sent = new Map<string, number>();
  let endsMs = Number.NEGATIVE_INFINITY;
  const isWithinLimit = (to: string, atMs: number) => {
    if (atMs >= endsMs) {
      sent.clear();
      endsMs = atMs + windowMs;
    }
    const count = (sent.get(to) ?? 0) + 1;
    sent.set(to, count);
    return count <= mailsPerMinute;
  };
  return {
    send(userId, type, to) {
      const atMs = performance.now();
      const delivered = isWithinLimit(to?.toLowerCase() ?? '', atMs);
      mails.push({ userId, type, delivered, atMs });
    },
    list: () => mails,
  };
}
