/**
 * The stores as they were before the contract was revised, with version 5 of the SQLite schema: what an older process runs on a
 * file that this version opens. At commit e8f2bab, with a file `entry.ts` that exports the three functions below from
 * `src/stores/{sqlite,spool,rebuild}.ts`:
 *
 *     npx rolldown entry.ts --format esm --platform node --minify --file test/stores/version-5.mjs
 */
import type { Control } from '../../src/contracts/control-store.ts';
import type { Change, PruneResult, Store } from '../../src/contracts/store.ts';

export interface FormerStore
  extends Pick<Store, 'cells' | 'close' | 'features' | 'load' | 'prunedCells' | 'scan'> {
  commit(change: Change): Promise<boolean>;
  due(nowMs: number, limit: number): Promise<readonly string[]>;
  prune(beforeMs: number): Promise<PruneResult>;
  setControl(control: Control): Promise<boolean>;
}

export function sqlite(path: string, options?: { readonly lockTimeoutMs?: number }): FormerStore;

export function spooling(
  store: FormerStore,
  options: { readonly path: string; readonly nowMs: () => number; readonly faulted?: (error: unknown) => void },
): FormerStore & { readonly spooled: number };
