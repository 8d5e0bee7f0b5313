/** A process that forgets a person in a ledger and its archive, and is killed on the way: `<ledger> <folder> <where>`. */
import { forgetArchived } from '../../../src/analysis/forget-archived.ts';
import type { Archiving } from '../../../src/contracts/archiving.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { must } from '../../stores/histories.ts';
import { PERSON } from './ledger-with-person.ts';

const [ledger = '', folder = '', where = ''] = process.argv.slice(2);
const store = sqlite(ledger);
const inner = must(store.archiving);

const end = (): void => void process.kill(process.pid, 'SIGKILL');

/** Lets the other work go on for some turns of the event loop. */
function endAfterTurns(turns: number): void {
  if (turns === 0) end();
  else setImmediate(() => endAfterTurns(turns - 1));
}

const [what = '', turns = ''] = where.split(' ');

function reached(place: string): void {
  if (what === place) endAfterTurns(Number(turns));
}

const archiving: Archiving = {
  ...inner,
  async stored(ids) {
    reached('search');
    return inner.stored(ids);
  },
  async remove(...given) {
    reached('move');
    const done = await inner.remove(...given);
    reached('moved');
    return done;
  },
  async adopt(...given) {
    reached('note');
    await inner.adopt(...given);
    reached('noted');
  },
};
await forgetArchived({ ...store, archiving }, folder, { session: PERSON });
await store.close();
