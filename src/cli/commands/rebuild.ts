/** `outcome-router rebuild`: recomputes the statistics from the ledger and reports the cells that differed. */
import type { Command } from 'commander';
import { formatCount } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import type { RebuildOptions, RebuildResult } from '../../stores/rebuild.ts';
import { rebuildCells } from '../../stores/rebuild.ts';
import type { Store } from '../../contracts/store.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { checkedView } from '../io/checked-view.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import type { Progress } from '../io/progress.ts';
import { startProgress } from '../io/progress.ts';
import { unknownFeature } from '../io/range.ts';
import { left, renderTable, right } from '../text/table.ts';

interface RebuildFlags extends ArchiveFlags {
  readonly fromRecords?: boolean;
  readonly json?: boolean;
  readonly feature?: readonly string[];
}

/** Adds `rebuild` to the program. */
export function register(program: Command): void {
  withJson(withArchiveOption(withLedger(program.command('rebuild'))))
    .description('Recompute the statistics from the ledger and report what differed. The application may go on.')
    .option('--feature <names...>', 'only these features')
    .option(
      '--from-records',
      'with --archive: recompute each intent from its archived records, not from its stored sums',
    )
    .action(async (ledger: string, flags: RebuildFlags) => {
      const progress = startProgress({ label: 'rebuilding: intents', silent: flags.json });
      try {
        const rebuilt = await useLedger(ledger, async store =>
          withBase(flags, progress, async options =>
            rebuildAll(checked(store), flags.feature, { progress, ...options }),
          ),
        );
        progress.done();
        printResult(
          { corrected: rebuilt.reduce((sum, each) => sum + each.corrected, 0), features: rebuilt },
          flags,
          render,
        );
      } finally {
        progress.done();
      }
    });
}

/** Statistics must not be computed from a record that no ledger can have. */
function checked(store: Store): Store {
  return { ...store, consistently: async work => store.consistently(async view => work(checkedView(view))) };
}

/** With an archive, the pruned base is recounted too. */
async function withBase<Result>(
  { archive, fromRecords }: RebuildFlags,
  progress: Progress,
  rebuild: (options: Pick<RebuildOptions, 'base'>) => Promise<Result>,
): Promise<Result> {
  if (archive === undefined && fromRecords !== undefined)
    throw new RouterError('invalid-value', 'there is no archive to read records from', {
      path: '--from-records',
      accepted: 'together with --archive',
    });
  if (archive === undefined) return rebuild({});
  const { archivedBase } = await import('../../exports/archive/archived-base.ts');
  const { base, close } = await archivedBase(archive, { fromRecords, progress: progress.reach });
  try {
    return await rebuild({ base });
  } finally {
    await close();
  }
}

async function rebuildAll(
  store: Store,
  wanted: readonly string[] | undefined,
  { progress, ...options }: Pick<RebuildOptions, 'base'> & { readonly progress: Progress },
): Promise<readonly RebuildResult[]> {
  const known = await featuresOf(store);
  const unknown = wanted?.find(feature => !known.includes(feature));
  if (unknown !== undefined) throw unknownFeature(unknown, known);
  const rebuilt: RebuildResult[] = [];
  let before = 0;
  for (const feature of wanted ?? known) {
    rebuilt.push(
      await rebuildCells(store, feature, { ...options, progress: intents => progress.reach(before + intents) }),
    );
    before += rebuilt.at(-1)?.intents ?? 0;
  }
  return rebuilt;
}

/** Every feature with cells, pruned cells or intents, so that one that has lost all its cells is included. */
async function featuresOf(store: Store): Promise<readonly string[]> {
  const features = new Set(await store.features());
  for (const { key } of await store.prunedCells()) features.add(key.feature);
  for await (const { feature } of store.scan({ kind: 'decided' })) features.add(feature);
  return [...features].sort();
}

function render({ corrected, features }: { corrected: number; features: readonly RebuildResult[] }): string {
  if (features.length === 0) return 'The ledger has no intents yet.';
  const table = renderTable(
    [left('Feature'), right('Intents read'), right('Cells with pruned intents'), right('Cells that differed')],
    features.map(each => [
      each.feature,
      formatCount(each.intents),
      formatCount(each.prunedCells),
      formatCount(each.corrected),
    ]),
  );
  const verdict =
    corrected === 0
      ? 'Nothing differed: the statistics agree with the ledger.'
      : `${formatCount(corrected)} cells differed from the ledger and have been corrected.`;
  return `${table}\n${verdict}`;
}
