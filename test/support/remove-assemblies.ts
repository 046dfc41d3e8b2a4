export { removeAssemblies as default } from './share-assemblies.ts';
