/** A process that archives a ledger and is killed on the way: `<ledger> <folder> <where>`. */
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import type { Archiving } from '../../../src/contracts/archiving.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { must } from '../../stores/histories.ts';
import { LATER } from './old-ledger.ts';

const [ledger = '', folder = '', where = ''] = process.argv.slice(2);
const store = sqlite(ledger);
const inner = must(store.archiving);
let runs = 0;

const end = (): void => void process.kill(process.pid, 'SIGKILL');

/** Lets the other work go on for some turns of the event loop. */
function endAfterTurns(turns: number): void {
  if (turns === 0) end();
  else setImmediate(() => endAfterTurns(turns - 1));
}

const archiving: Archiving = {
  ...inner,
  async closed(query) {
    const found = await inner.closed(query);
    if (++runs === 2 && where.startsWith('turn ')) endAfterTurns(Number(where.slice(5)));
    return found;
  },
  async remove(...given) {
    if (runs === 2 && where === 'before the transaction') end();
    const done = await inner.remove(...given);
    if (runs === 2 && where === 'after the transaction') end();
    return done;
  },
};
await archiveLedger({ ...store, archiving }, folder, { beforeMs: LATER, intentsPerRun: 5 });
await store.close();
