/** jest 30 on Node 24 strips types itself: no transpiler. Run with --experimental-vm-modules. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/full/'],
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'json', 'node', 'mjs'],
  testTimeout: 150_000,
  // Most tests wait, for turns and for processes: one more than jest's own choice of cores - 1 for two cores.
  maxWorkers: 3,
};
