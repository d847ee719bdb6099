import type { Migration } from './migration.ts';
import { operations } from './operations.ts';

/** So many chosen people are still single ones. */
const MOST_SINGLES = 50;

/** Admins, and people whom an operator has chosen one by one, go ahead; everybody else shares. */
export function laneOf({
  operation,
  selection,
}: Pick<Migration, 'operation' | 'selection'>): 'ahead' | 'fair' {
  if (operations[operation].subject === 'admin') return 'ahead';
  return selection.ids && selection.ids.length <= MOST_SINGLES ? 'ahead' : 'fair';
}
