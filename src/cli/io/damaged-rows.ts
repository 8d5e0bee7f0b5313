/** Reads a ledger without its damaged rows, if the user requests that with `--skip-damaged`. */
import type { Command } from 'commander';
import type { StoreView } from '../../contracts/store.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import type { RouterError } from '../../errors.ts';
import { formatCount } from '../../core/report/wording.ts';
import type { ArchiveFlags } from './archive.ts';
import { checkedView } from './checked-view.ts';
import { viewLedger } from './ledger.ts';

interface SkipFlags extends ArchiveFlags {
  readonly skipDamaged?: boolean;
}

/** Adds the option to a command. */
export function withSkipDamaged(command: Command): Command {
  return command.option('--skip-damaged', 'leave out damaged rows of the ledger, and name each on stderr');
}

/** Like {@link viewLedger}. With `--skip-damaged` it reports on stderr each left-out row once, and their number. */
export async function viewReadableRows<Result>(
  ledger: string,
  { skipDamaged = false, archive }: SkipFlags,
  read: (view: StoreView) => Promise<Result>,
): Promise<Result> {
  const flags = archive === undefined ? {} : { archive };
  if (!skipDamaged)
    return viewLedger(ledger, async view => read(checkedView(view)), { ...flags, setAside: refuseDamaged });
  const told = new Set<string>();
  const tell = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    if (!told.has(message)) process.stderr.write(`left out: ${message}\n`);
    told.add(message);
  };
  const options = { ...flags, setAside: tell };
  const result = await viewLedger(
    ledger,
    async view => read({ ...view, ...readable(checkedView(view), tell) }),
    options,
  );
  if (told.size > 0)
    process.stderr.write(`${formatCount(told.size)} damaged ${told.size === 1 ? 'row is' : 'rows are'} left out.\n`);
  return result;
}

/** Ends a command without `--skip-damaged` at a row that the store has set aside. */
export function refuseDamaged(error: RouterError): never {
  throw error;
}

/** For an intent with a damaged record, the records before it are read: the later ones are meaningless without it. */
function readable(
  view: StoreView,
  tell: (error: unknown) => void,
): Pick<StoreView, 'cells' | 'load' | 'loadAll' | 'scan'> {
  async function load(intentId: string): Promise<readonly LedgerRecord[]> {
    try {
      return await view.load(intentId);
    } catch (error) {
      tell(error);
      return [];
    }
  }
  return {
    cells: async feature => view.cells(feature, tell),
    load,
    loadAll: async ids => Promise.all(ids.map(load)),
    async *scan(range = {}) {
      const revisions = new Map<string, number>();
      // A scan of one kind of record has gaps between revisions anyway.
      const isWhole = range.kind === undefined;
      for await (const record of view.scan({ ...range, damaged: tell })) {
        const { intentId, revision } = record;
        if (isWhole && revision !== (revisions.get(intentId) ?? 0)) continue;
        revisions.set(intentId, revision + 1);
        yield record;
      }
    },
  };
}
