import type { SubjectId } from '../../src/domain/ids.ts';
import { markerText, parseMarker } from '../../src/domain/marker.ts';

test('a marker is read as it was written', () => {
  const marker = { installation: 'muster-panel', kind: 'panelist', id: 4711 as SubjectId } as const;
  expect(markerText(marker)).toBe('muster-panel/panelist/4711');
  expect(parseMarker(markerText(marker))).toEqual(marker);
});

test.each([null, undefined, '', 'E-4711', 'werk/portal/7', 'werk/admin/', 'werk/admin/7/8', 'Werk/admin/7'])(
  '%j is no marker',
  (text) => {
    expect(parseMarker(text)).toBeNull();
  },
);

test('an admin and a panelist of the same number have different markers', () => {
  const id = 7 as SubjectId;
  const of = (kind: 'admin' | 'panelist') => markerText({ installation: 'werk', kind, id });
  expect(of('admin')).not.toBe(of('panelist'));
});
