/** A folder of a test file with a ledger of 600 intents of the last 20 days, as the dashboard's sample has them. */
import { join } from 'node:path';
import { beforeAll } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The ledger is there before the first test, and the folder is removed after the last. */
export function sampleLedger(): { readonly directory: string; readonly ledger: string } {
  const directory = temporaryFolder();
  const ledger = join(directory, 'router.db');
  beforeAll(async () => {
    const store = sqlite(ledger);
    const toMs = Date.now();
    await writeLedger(store, { intents: 600, seed: 1, fromMs: toMs - 20 * 86_400_000, toMs });
    await store.close();
  });
  return { directory, ledger };
}
