import { project } from '../../jest.config.js';

const alarms = project('alarms', {
  globalSetup: '<rootDir>/test/alarms/global-setup.ts',
  globalTeardown: '<rootDir>/test/alarms/global-teardown.ts',
});

/** Every alarm, driven into ALARM and back: `npm run test:alarms`. */
/** @type {import('jest').Config} */
export default { ...alarms, rootDir: '../..', testTimeout: 150_000, maxWorkers: 2 };
