/** `outcome-router export`: the ledger as JSON lines, or as a FOCUS bill. */
import type { Command } from 'commander';
import { toDecimalUsd } from '../../core/ledger/money.ts';
import { formatCount } from '../../core/report/wording.ts';
import type { RouterError } from '../../errors.ts';
import type { Adjustments } from '../../exports/focus/focus.ts';
import { exportFocus } from '../../exports/focus/focus.ts';
import type { FocusVersion } from '../../exports/focus/focus-columns.ts';
import { FOCUS_VERSIONS } from '../../exports/focus/focus-columns.ts';
import type { LeftOut } from '../../exports/ledger/export-ledger.ts';
import { exportLedger } from '../../exports/ledger/export-ledger.ts';
import type { LedgerRange, LedgerSource } from '../../contracts/ledger-source.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { choice } from '../io/choice.ts';
import { refuseDamaged } from '../io/damaged-rows.ts';
import { outputFile } from '../io/files.ts';
import { viewLedger, withLedger } from '../io/ledger.ts';
import { ledgerPrices } from '../io/ledger-prices.ts';
import { writeFileWhole, writeStdout } from '../io/output-file.ts';
import { printResult, withJson } from '../io/output.ts';
import { startProgress } from '../io/progress.ts';
import type { RangeFlags } from '../io/range.ts';
import { rangeOf, requireFeatures, withRange } from '../io/range.ts';
import type { RemovedIntents } from '../io/removed-intents.ts';
import { removedIntents, renderRemoved } from '../io/removed-intents.ts';

interface ExportFlags extends RangeFlags, ArchiveFlags {
  readonly json?: boolean;
  readonly format: 'jsonl' | 'focus';
  readonly focusVersion: FocusVersion;
  readonly out?: string;
  readonly skipDamaged?: boolean;
  readonly config?: string;
  readonly account?: readonly string[];
}

/** Counts of the command's JSON. */
interface Exported {
  readonly format: ExportFlags['format'];
  readonly out: string;
  /** Ledger records, or rows of the bill. */
  readonly rows: number;
  readonly bytes: number;
  readonly range: LedgerRange;
  /** With --skip-damaged, if there was damage: intents with a damaged record, and the number of all their records. */
  readonly leftOut?: LeftOut;
  /** FOCUS: rows for amounts that the current prices do not explain. */
  readonly adjustments?: { readonly rows: number; readonly usd: string; readonly sizeUsd: string };
  /** FOCUS: intents of the range whose records are not read, so that the bill lacks them. */
  readonly removed?: RemovedIntents;
  /** FOCUS: the provider's names of models whose calls have a cost but no unit prices. */
  readonly withoutPrice?: readonly string[];
}

/** Adds `export` to the program. */
export function register(program: Command): void {
  withJson(withRange(withConfig(withArchiveOption(withLedger(program.command('export'))))))
    .description(
      'Write the ledger as JSON lines (`outcome-router help ledger-schema`), or as a FOCUS bill, one row per attempt and meter.',
    )
    .addOption(choice('--format <format>', 'output format', ['jsonl', 'focus']).default('jsonl'))
    .addOption(choice('--focus-version <version>', 'version of FOCUS', FOCUS_VERSIONS).default('1.3'))
    .option('--out <file>', 'output file (default: stdout)', outputFile)
    .option('--skip-damaged', 'jsonl: leave out every intent with a damaged record; name each such record on stderr')
    .option('--account <id...>', 'FOCUS: your billing account: org-4711, or openai=org-4711 for one vendor')
    .action(async (ledger: string, flags: ExportFlags) => {
      const application = await applicationAt(flags.config);
      const { priceOf, vendorOf } = ledgerPrices({ application, accounts: flags.account });
      const { format, out, focusVersion: version } = flags;
      const progress = startProgress({
        label: `exporting: ${format === 'focus' ? 'rows' : 'records'}`,
        silent: flags.json,
      });
      const range = rangeOf(flags);
      let rows = 0;
      let adjusted: Adjustments | undefined;
      let withoutPrice: ReadonlySet<string> = new Set();
      const report = (count: number, adjustments?: Adjustments, unpriced = withoutPrice): void => {
        rows = count;
        adjusted = adjustments;
        withoutPrice = unpriced;
        progress.reach(count);
      };
      let removed: RemovedIntents | undefined;
      let leftOut: LeftOut = { intents: 0, records: 0 };
      const reportRecords = (count: number, left: LeftOut): void => {
        leftOut = left;
        report(count);
      };
      const chunksOf = (source: LedgerSource): AsyncIterable<string> =>
        format === 'focus'
          ? exportFocus(source, { version, priceOf, vendorOf, progress: report, ...range })
          : exportLedger(source, {
              progress: reportRecords,
              ...range,
              ...(flags.skipDamaged === true ? { damaged } : {}),
            });
      try {
        const bytes = await viewLedger(
          ledger,
          async view => {
            await requireFeatures(view, [range.feature]);
            if (format === 'focus') removed = await removedIntents(view, range, flags);
            if (out !== undefined) return writeFileWhole(out, chunksOf(view));
            // Printed text cannot be withdrawn: a bill is first generated without printing, so that a damaged record prints
            // nothing.
            if (format === 'focus') for await (const _ of chunksOf(view)) void _;
            return writeStdout(chunksOf(view));
          },
          { ...flags, setAside: flags.skipDamaged === true ? damaged : refuseDamaged },
        );
        progress.done();
        if (leftOut.intents > 0) process.stderr.write(`${renderLeftOut(leftOut)}\n`);
        if (removed !== undefined) process.stderr.write(`${renderRemoved(removed, 'this bill')}\n`);
        if (out === undefined || bytes === undefined) return;
        const exported: Exported = {
          format,
          out,
          rows,
          bytes,
          range,
          ...adjustmentsOf(adjusted),
          ...(withoutPrice.size > 0 ? { withoutPrice: [...withoutPrice] } : {}),
          ...(leftOut.intents > 0 ? { leftOut } : {}),
          ...(removed === undefined ? {} : { removed }),
        };
        printResult(exported, flags, renderExported);
      } finally {
        progress.done();
      }
    });
}

function damaged({ message }: RouterError): void {
  process.stderr.write(`damaged: ${message}\n`);
}

function renderLeftOut({ intents, records }: LeftOut): string {
  const are = intents === 1 ? 'intent with a damaged record is' : 'intents with a damaged record are';
  return `${formatCount(intents)} ${are} left out: ${formatCount(records)} records.`;
}

function adjustmentsOf(adjustments: Adjustments | undefined): Pick<Exported, 'adjustments'> {
  if (adjustments === undefined) return {};
  const { rows, nanoUsd, sizeNanoUsd } = adjustments;
  return { adjustments: { rows, usd: toDecimalUsd(nanoUsd), sizeUsd: toDecimalUsd(sizeNanoUsd) } };
}

function renderExported({ format, out, rows, range, adjustments, withoutPrice }: Exported): string {
  const what = format === 'focus' ? 'rows of a FOCUS bill' : 'ledger records';
  const lines = [`${formatCount(rows)} ${what} in ${out}.`];
  if (format === 'jsonl' && (range.fromMs !== undefined || range.toMs !== undefined))
    lines.push(
      'An export of a period is for reading only: it cannot be imported, because it cuts intents at its edges.',
    );
  if (adjustments !== undefined && adjustments.rows > 0) {
    lines.push(
      `${formatCount(adjustments.rows)} of them are adjustments, ${adjustments.usd} USD in total: costs that differ from the rates of their ` +
        'calls. A bill was applied to them, or the ledger has no rates for them: --config adds those of the application.',
    );
  }
  if (withoutPrice !== undefined) {
    lines.push(
      `The price of ${withoutPrice.join(', ')} is not known here: each call is one row with its cost, and without unit prices. ` +
        '--config adds the prices of the application.',
    );
  }
  return lines.join('\n');
}
