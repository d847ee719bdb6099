import common from './jest.config.js';

/** The proofs at full size, one after the other: each has the machine to itself. */
export default {
  ...common,
  testMatch: ['<rootDir>/test/full/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
