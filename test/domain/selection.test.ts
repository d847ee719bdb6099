import { overlap, selectionKey } from '../../src/domain/selection.ts';

test('selections that mean the same have the same key', () => {
  const key = selectionKey({ portal: 2, ids: [3, 1, 2], first: 5 });
  expect(selectionKey({ first: 5, ids: [2, 3, 1, 1], portal: 2 })).toBe(key);
});

test.each([
  [{}, { portal: 0 }],
  [{ portal: 1 }, { portal: 2 }],
  [{ ids: [1] }, { ids: [1, 2] }],
  [{ ids: [1, 10] }, { ids: [2, 10] }],
  [{ first: 1 }, { first: 10 }],
  [{ first: 1 }, { portal: 1 }],
])('%j and %j have different keys', (one, other) => {
  expect(selectionKey(one)).not.toBe(selectionKey(other));
});

test('a key reads back as the selection', () => {
  expect(JSON.parse(selectionKey({ portal: 0, ids: [12, 9] }))).toEqual({ portal: 0, ids: [9, 12] });
});

test('lists of ids without a common one are apart', () => {
  expect(overlap({ ids: [1, 2] }, { ids: [3, 4] })).toBe(false);
});

test.each([
  ['lists with a common id', { ids: [1, 2] }, { ids: [2, 3] }],
  ['everybody and a list', {}, { ids: [1] }],
  ['two portals, since a panelist can be in both', { portal: 1 }, { portal: 2 }],
  ['a list and the first few', { ids: [1_000] }, { first: 1 }],
])('%s may have a person in common', (_, one, other) => {
  expect(overlap(one, other)).toBe(true);
  expect(overlap(other, one)).toBe(true);
});
