/** `node benchmarks/dashboard/write-ledger.ts <file> [intents]`: a ledger of made-up traffic to look at. */
import { sqlite } from '../../src/stores/sqlite.ts';
import { startProgress } from '../../src/cli/progress.ts';
import { writeLedger } from './ledger.ts';

const DAY_MS = 86_400_000;
const [path, count = '20000'] = process.argv.slice(2);
if (path === undefined) throw new Error('which file?');
const intents = Number(count);
const progress = startProgress({ label: 'writing intents', total: intents });
const store = sqlite(path);
const toMs = Date.now();
await writeLedger(store, { intents, seed: 1, fromMs: toMs - 60 * DAY_MS, toMs, progress: n => progress.advance(n) });
await store.close();
progress.done();
