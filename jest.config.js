const swc = (parser) => [
  '@swc/jest',
  {
    jsc: { parser, target: 'es2024', transform: { react: { runtime: 'automatic' } } },
    module: { type: 'es6' },
  },
];

export const project = (name, options = {}) => ({
  displayName: name,
  rootDir: '.',
  testMatch: [`<rootDir>/test/${name}/**/*.test.{ts,tsx}`],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.ts$': swc({ syntax: 'typescript' }),
    '^.+\\.tsx$': swc({ syntax: 'typescript', tsx: true }),
  },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.roomcast'],
  ...options,
});

/** Suites that speak to `CHAT_URL`; without it, they share one local stack. */
export const againstStack = {
  globalSetup: '<rootDir>/test/conformance/global-setup.ts',
  globalTeardown: '<rootDir>/test/conformance/global-teardown.ts',
};

/** @type {import('jest').Config} */
export default {
  projects: [
    project('unit'),
    project('contract'),
    project('simulation', {
      testMatch: ['<rootDir>/test/contract/aws/*{table,store,queues,connections}.test.ts'],
      globals: { SIMULATED_ENGINES: true },
      globalSetup: '<rootDir>/test/contract/aws/simulated-setup.ts',
    }),
    project('infra'),
    project('faults'),
    project('conformance', againstStack),
    project('browser', againstStack),
  ],
  globalSetup: '<rootDir>/test/support/share-assemblies.ts',
  globalTeardown: '<rootDir>/test/support/remove-assemblies.ts',
  testSequencer: '<rootDir>/test/support/long-files-first.js',
  testTimeout: 30_000,
  // Much of the time is spent waiting for engines, sockets and functions.
  maxWorkers: '100%',
};
