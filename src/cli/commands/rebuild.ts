/** `outcome-router rebuild`: the statistics made again from the ledger, and whether they were what they should be. */
import type { Command } from 'commander';
import { formatCount } from '../../core/report/wording.ts';
import { RouterError } from '../../errors.ts';
import type { Rebuilt } from '../../stores/rebuild.ts';
import { rebuildCells } from '../../stores/rebuild.ts';
import type { Store } from '../../contracts/store.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { printResult, withJson } from '../io/output.ts';
import type { Progress } from '../io/progress.ts';
import { startProgress } from '../io/progress.ts';
import { renderTable } from '../text/table.ts';

interface RebuildFlags {
  readonly json?: boolean;
  readonly feature?: readonly string[];
}

/** Adds `rebuild` to the program. */
export function register(program: Command): void {
  withJson(withLedger(program.command('rebuild')))
    .description(
      'Make the statistics again from the ledger, and say whether anything differed. Nobody may write meanwhile.',
    )
    .option('--feature <names...>', 'only these features')
    .action(async (ledger: string, flags: RebuildFlags) => {
      const progress = startProgress({ label: 'rebuilding: intents', silent: flags.json });
      try {
        const rebuilt = await useLedger(ledger, async store => rebuildAll(store, flags.feature, progress));
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

async function rebuildAll(
  store: Store,
  wanted: readonly string[] | undefined,
  progress: Progress,
): Promise<readonly Rebuilt[]> {
  const known = await featuresOf(store);
  const unknown = wanted?.find(feature => !known.includes(feature));
  if (unknown !== undefined) {
    throw new RouterError('unknown-feature', `the ledger knows no feature "${unknown}"`, {
      path: '--feature',
      accepted: known,
      given: unknown,
    });
  }
  const rebuilt: Rebuilt[] = [];
  let before = 0;
  for (const feature of wanted ?? known) {
    rebuilt.push(await rebuildCells(store, feature, { progress: intents => progress.reach(before + intents) }));
    before += rebuilt.at(-1)?.intents ?? 0;
  }
  return rebuilt;
}

/** Also those whose statistics were lost altogether. */
async function featuresOf(store: Store): Promise<readonly string[]> {
  const features = new Set(await store.features());
  for (const { key } of await store.prunedCells()) features.add(key.feature);
  for await (const { feature } of store.scan({ kind: 'decided' })) features.add(feature);
  return [...features].sort();
}

function render({ corrected, features }: { corrected: number; features: readonly Rebuilt[] }): string {
  if (features.length === 0) return 'The ledger has no intents yet.';
  const table = renderTable(
    [
      { title: 'Feature' },
      { title: 'Intents read', align: 'right' },
      { title: 'Cells with a pruned part', align: 'right' },
      { title: 'Cells that differed', align: 'right' },
    ],
    features.map(each => [
      each.feature,
      formatCount(each.intents),
      formatCount(each.prunedCells),
      formatCount(each.corrected),
    ]),
  );
  const verdict =
    corrected === 0
      ? 'Nothing differed: the statistics were what the ledger says.'
      : `${formatCount(corrected)} cells differed from the ledger and are corrected now.`;
  return `${table}\n${verdict}`;
}
