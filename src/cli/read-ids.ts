import { readFileSync } from 'node:fs';

/** As many as the API takes at once. */
const MOST_IDS = 10_000;
const LARGEST = Number.MAX_SAFE_INTEGER;

export type Ids = { kind: 'ids'; ids: number[] } | { kind: 'faulty'; why: string };

/** Ids from a file, or from standard input as `-`: numbers between white space, commas or semicolons. */
export function readIds(path: string): Ids {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    return faulty(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const words = text.split(/[\s,;\uFEFF]+/).filter(Boolean);
  const wrong = words.find((word) => !/^\d+$/.test(word) || Number(word) < 1 || Number(word) > LARGEST);
  if (wrong !== undefined) return faulty(`${path} has ${JSON.stringify(wrong.slice(0, 40))}, which is no id`);
  const ids = [...new Set(words.map(Number))];
  if (ids.length === 0) return faulty(`${path} has no id`);
  if (ids.length > MOST_IDS)
    return faulty(`${path} has ${ids.length} ids, and one request takes ${MOST_IDS}: split it`);
  return { kind: 'ids', ids };
}

const faulty = (why: string): Ids => ({ kind: 'faulty', why });
