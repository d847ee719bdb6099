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

/** Of one recipient, from his first mail on. */
interface Window {
  readonly endsMs: number;
  sent: number;
}

/** They stand in the order in which they were opened, and so in that of their ends. */
function dropEnded(windows: Map<string, Window>, atMs: number): void {
  for (const [to, { endsMs }] of windows) {
    if (endsMs > atMs) return;
    windows.delete(to);
  }
}

/**
 * Okta, rate limits for email: some types 30 a minute to one recipient. That one too many is dropped
 * without a word is INFERRED, and so is that his minute begins with his first mail; it shrinks with the window.
 */
export function createOutbox({ mailsPerMinute, windowMs }: Options): Outbox {
  const mails: Mail[] = [];
  const windows = new Map<string, Window>();
  const windowOf = (to: string, atMs: number): Window => {
    dropEnded(windows, atMs);
    const window = windows.get(to) ?? { endsMs: atMs + windowMs, sent: 0 };
    windows.set(to, window);
    return window;
  };
  const isWithinLimit = (to: string, atMs: number) => {
    const window = windowOf(to, atMs);
    window.sent += 1;
    return window.sent <= mailsPerMinute;
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
