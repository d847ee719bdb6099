import { parseOptions, usage } from '../../demo/options.ts';

const defaults = {
  admins: 40,
  panelists: 300,
  workers: 2,
  perMinute: 600,
  latencyMs: 150,
  tokenShare: 100,
  seed: 20_220_503,
  keep: false,
  json: false,
};

test('without arguments it is the default demo', () => {
  expect(parseOptions([])).toEqual({ kind: 'options', options: defaults });
});

test('every option can be given, with a space or an equals sign', () => {
  const numbers = ['--admins', '1', '--panelists=1000000', '--workers', '8', '--per-minute', '1200'];
  const more = ['--latency-ms', '0', '--token-share=50', '--seed', '0', '--keep', '--json'];
  const options = {
    admins: 1,
    panelists: 1_000_000,
    workers: 8,
    perMinute: 1_200,
    latencyMs: 0,
    tokenShare: 50,
    seed: 0,
    keep: true,
    json: true,
  };
  expect(parseOptions([...numbers, ...more])).toEqual({ kind: 'options', options });
});

test('a module may be shown the traffic', () => {
  const options = { ...defaults, observer: 'observe.ts' };
  expect(parseOptions(['--observer', 'observe.ts'])).toEqual({ kind: 'options', options });
  expect(parseOptions(['--observer='])).toEqual({ kind: 'faulty', faults: ['--observer: needs a value'] });
});

test('everything that is wrong is named', () => {
  const argv = ['--admins', '0', '--panelists=many', '--token-share=101', '--json=yes', '--rate', '5', 'now'];
  expect(parseOptions([...argv, '--workers'])).toEqual({
    kind: 'faulty',
    faults: [
      '--json: takes no value',
      '--rate: is not an option',
      '5: is not an option',
      'now: is not an option',
      '--admins: 0 is wrong, wanted a whole number from 1 to 1000000',
      '--panelists: many is wrong, wanted a whole number from 1 to 1000000',
      '--workers: needs a value, wanted a whole number from 1 to 64',
      '--token-share: 101 is wrong, wanted a whole number from 1 to 100',
    ],
  });
});

test.each(['1.5', '-1', '1e3', '', ' 5'])('%j is no whole number', (text) => {
  expect(parseOptions([`--panelists=${text}`])).toMatchObject({ kind: 'faulty' });
});

test('--help wins over faults and names every option', () => {
  expect(parseOptions(['--help', '--admins', '0'])).toEqual({ kind: 'help' });
  for (const name of ['admins', 'panelists', 'workers', 'per-minute', 'latency-ms', 'token-share', 'seed']) {
    expect(usage()).toContain(`--${name} N`);
  }
});
