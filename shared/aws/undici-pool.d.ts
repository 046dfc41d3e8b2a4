/**
 * Only the pool of undici. All of it would make the bundle of `3-deliver` 260 KB larger, and every
 * cold start longer, for a fetch and caches that nothing here uses.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}
