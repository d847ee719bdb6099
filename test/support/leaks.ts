import { Redis } from 'ioredis';
import type { People } from '../../demo/people.ts';
import { REDIS_URL } from './databases.ts';

/** What must not be found anywhere but in EFS and Okta. */
export function personalData({ admins, panelists }: People): Set<string> {
  const words = new Set<string>();
  for (const { row } of admins) add(words, row.email, row.firstname, row.name);
  for (const { row } of panelists) add(words, row.u_email, row.u_firstname, row.u_name);
  return words;
}

/** Names that are words of our own: fields of the limiter's state. */
const OURS = new Set(['line']);

/** Short names are syllables of ordinary words. */
function add(words: Set<string>, ...values: (string | null)[]): void {
  for (const value of values) {
    const word = value?.trim().toLowerCase() ?? '';
    if (word.length >= 4 && !OURS.has(word)) words.add(word);
  }
}

/** Which of the words stand in a text, and every mail address in it, whosever it is. */
export function leaksIn(text: string, words: Set<string>): string[] {
  const mails = text.match(/[^\s"'<>(),;:\\]+@[\w-]+\.[\w.-]+/g) ?? [];
  const known = text.toLowerCase().match(/[\p{L}\p{N}@.'+-]+/gu) ?? [];
  return [...new Set([...mails, ...known.filter((word) => words.has(word))])];
}

/** Every key and value below a prefix, as one text. */
export async function redisText(prefix: string): Promise<string> {
  const redis = new Redis(REDIS_URL);
  try {
    const parts: string[] = [];
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1_000 })) {
      for (const key of keys as string[]) parts.push(key, JSON.stringify(await readKey(redis, key)));
    }
    return parts.join('\n');
  } finally {
    redis.disconnect();
  }
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    case 'none': // expired, or a job that has ended, since the scan found it
      return null;
    default:
      throw new Error(`a key of type ${type} that this scan cannot read`);
  }
}
