/**
 * The PostgreSQL store as it was with version 1 of the tables: what an older process runs on a database that this version has brought
 * up to date. At commit 46268d4, with a file `entry.ts` that exports the two functions below from `src/stores/{postgres,rebuild}.ts`:
 *
 *     npx rolldown entry.ts --format esm --platform node --minify --external pg --file test/stores/postgres/version-1.mjs
 */
export { postgres } from '../../../src/stores/postgres.ts';
export { rebuildCells } from '../../../src/stores/rebuild.ts';
