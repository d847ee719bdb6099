import { laneOf } from '../../src/domain/lane.ts';
import { aMigration } from '../support/factories.ts';

const ids = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

test.each([
  ['admins', aMigration({ operation: 'create-admins' }), 'ahead'],
  ['a single panelist', aMigration({ selection: { ids: [7] } }), 'ahead'],
  ['fifty chosen panelists', aMigration({ selection: { ids: ids(50) } }), 'ahead'],
  ['more of them', aMigration({ selection: { ids: ids(51) } }), 'fair'],
  ['the first few of all', aMigration({ selection: { first: 5 } }), 'fair'],
  ['all panelists', aMigration(), 'fair'],
])('%s: %#', (_, migration, lane) => {
  expect(laneOf(migration)).toBe(lane);
});
