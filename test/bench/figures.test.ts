import { paceOf, thirds } from '../../bench/figures.ts';

describe('the figures of the bench', () => {
  it('take the pace from the first and the last sample', () => {
    const samples = [
      { atMs: 1_000, done: 100, cpuMs: 50 },
      { atMs: 2_000, done: 900, cpuMs: 60 },
      { atMs: 3_000, done: 500, cpuMs: 850 },
    ];
    expect(paceOf(samples)).toEqual({ perSecond: 200, cpuMsEach: 2 });
  });

  it('have no pace where nothing was done', () => {
    expect(paceOf([{ atMs: 1, done: 0, cpuMs: 0 }])).toEqual({ perSecond: null, cpuMsEach: null });
  });

  it('take the middle memory of the first and of the last third of the time', () => {
    const samples = [90, 100, 900, 500, 120, 110, 130].map((rssMb, i) => ({ atMs: i * 1_000, rssMb }));
    expect(thirds(samples)).toEqual({ first: 100, last: 120 });
  });
});
