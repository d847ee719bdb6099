import { crowdAround } from '../../src/domain/crowd.ts';

const at = (...places: number[]) => places.map((place) => ({ place, subjectId: place * 10 }));
const range = (first: number, count: number, step = 1) =>
  Array.from({ length: count }, (_, i) => first + i * step);

test('51 bad answers among 100 in a row are too many, 50 are not', () => {
  expect(crowdAround(101, at(...range(1, 50, 2), 101))).toEqual([]);
  expect(crowdAround(100, at(...range(1, 50, 2), 100))).toHaveLength(51);
});

test('every second answer may be bad for ever', () => {
  const bad = at(...range(1, 500, 2));
  expect(bad.flatMap(({ place }) => crowdAround(place, bad))).toEqual([]);
});

test('it does not matter in which order the bad answers come to be known', () => {
  const places = range(300, 51);
  for (const last of [300, 325, 350]) {
    const known = at(last, ...places.filter((place) => place !== last));
    expect(
      crowdAround(last, known)
        .map(({ place }) => place)
        .sort((a, b) => a - b),
    ).toEqual(places);
  }
});

test('a crowd elsewhere says nothing of this answer', () => {
  expect(crowdAround(1_000, at(...range(1, 80), 1_000))).toEqual([]);
});

test('those who belong to the crowd are named', () => {
  const crowd = crowdAround(60, at(...range(10, 51)));
  expect(crowd[0]).toEqual({ place: 10, subjectId: 100 });
});
