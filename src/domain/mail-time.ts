import { DAY, MINUTE } from '../time.ts';

export interface MailPace {
  /** Calls that the allowance has for mails. */
  perMinute: number;
  /** Mails in any 60 seconds, and in any 24 hours, at most. */
  mailsPerMinute?: number;
  mailsPerDay?: number;
}

/** When mail number `n`, from 0 on, goes out: so many milliseconds after the first. What a minute or a day has no room for waits for the next. */
export function mailTime(n: number, { perMinute, mailsPerMinute, mailsPerDay }: MailPace): number {
  const gapMs = MINUTE / perMinute;
  const inDay = (m: number) =>
    mailsPerMinute === undefined || mailsPerMinute >= perMinute
      ? m * gapMs
      : Math.floor(m / mailsPerMinute) * MINUTE + (m % mailsPerMinute) * gapMs;
  if (mailsPerDay === undefined || inDay(mailsPerDay) >= DAY) return inDay(n);
  return Math.floor(n / mailsPerDay) * DAY + inDay(n % mailsPerDay);
}
