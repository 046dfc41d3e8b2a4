import { againstStack, project } from '../../jest.config.js';

/** The chat page in Chromium: a part of `npm run test:browser`. */
/** @type {import('jest').Config} */
export default { ...project('page', againstStack), rootDir: '../..', testTimeout: 30_000 };
