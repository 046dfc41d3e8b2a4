export { removeAssembly as default } from './global-setup.ts';
