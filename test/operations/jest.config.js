import { project } from '../../jest.config.js';

/** What operators rely on, at work on a local stack: `npm run test:operations`. */
/** @type {import('jest').Config} */
export default { ...project('operations'), rootDir: '../..', testTimeout: 90_000, maxWorkers: 2 };
