/**
 * `node benchmarks/dashboard/write-ledger.ts <file> [intents] [end]`: a ledger of sixty days of synthetic traffic to look at.
 * With an end (`2026-06-01`; default: now) every run writes the same ledger.
 */
import { sqlite } from '../../src/stores/sqlite.ts';
import { startProgress } from '../../src/cli/io/progress.ts';
import { writeLedger } from './ledger.ts';

const DAY_MS = 86_400_000;
const [path, count = '20000', end] = process.argv.slice(2);
if (path === undefined) throw new Error('which file?');
const intents = Number(count);
const progress = startProgress({ label: 'writing intents', total: intents });
const store = sqlite(path);
const toMs = end === undefined ? Date.now() : Date.parse(end);
if (Number.isNaN(toMs)) throw new Error(`${end} is no date`);
await writeLedger(store, { intents, seed: 1, fromMs: toMs - 60 * DAY_MS, toMs, progress: n => progress.advance(n) });
await store.close();
progress.done();
