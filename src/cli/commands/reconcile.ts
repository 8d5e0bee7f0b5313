/** `outcome-router reconcile`: compares a provider's bill with the ledger, and applies its costs to the statistics. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { confirm, isCancel } from '@clack/prompts';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ResolvedConfig } from '../../config/resolved.ts';
import { dueAtMs } from '../../engine/state/silence.ts';
import { RouterError } from '../../errors.ts';
import type { BillRow } from '../../exports/bill/bill-row.ts';
import type { BillOptions } from '../../exports/bill/bill.ts';
import { readBill } from '../../exports/bill/bill.ts';
import type { AppliedCosts } from '../../exports/bill/billed-costs.ts';
import { applyBilledCosts, billedCostChanges } from '../../exports/bill/billed-costs.ts';
import { EXPECTED_REASONS } from '../../exports/bill/differences.ts';
import type { MatchOptions } from '../../exports/bill/match-bill.ts';
import type { Reconciliation } from '../../exports/bill/reconcile.ts';
import { reconcile } from '../../exports/bill/reconcile.ts';
import { parseSkuMap } from '../../exports/bill/sku-map.ts';
import type { Store } from '../../contracts/store.ts';
import { applicationAt, withConfig } from '../io/application.ts';
import type { ArchiveFlags } from '../io/archive.ts';
import { withArchiveOption } from '../io/archive.ts';
import { choice } from '../io/choice.ts';
import { relocated } from '../io/failure.ts';
import { inputFile } from '../io/files.ts';
import { useLedger, withLedger } from '../io/ledger.ts';
import { ledgerPrices } from '../io/ledger-prices.ts';
import { parseCount } from '../io/numbers.ts';
import { otherThan } from '../io/other-vendor.ts';
import { printResult, withJson } from '../io/output.ts';
import type { Progress } from '../io/progress.ts';
import { startProgress } from '../io/progress.ts';
import type { RangeFlags } from '../io/range.ts';
import { rangeOf, requireFeatures, withRange } from '../io/range.ts';
import { textFile } from '../io/text-file.ts';
import { renderApplied, renderPlanned, renderReconciliation } from '../text/reconcile-text.ts';

interface ReconcileFlags extends RangeFlags, ArchiveFlags {
  readonly json?: boolean;
  readonly bill?: readonly string[];
  /** The former name of `--bill`, from when it read only FOCUS. */
  readonly map?: string;
  readonly only?: Readonly<Record<string, string>>;
  readonly usdPer?: Readonly<Record<string, number>>;
  readonly timeZone?: string;
  readonly vendor?: string;
  readonly config?: string;
  readonly cost: NonNullable<BillOptions['costColumn']>;
  readonly listed: number;
  readonly allowDifferences?: boolean;
  readonly apply?: boolean;
  readonly yes?: boolean;
}

/** The effect that applying the bill would have. */
export type Planned = Pick<AppliedCosts, 'attempts' | 'intents' | 'differenceNanoUsd'>;

interface Reconciled {
  readonly reconciliation: Reconciliation;
  readonly planned?: Planned;
  readonly applied?: AppliedCosts;
}

/** Adds `reconcile` to the program. */
export function register(program: Command): void {
  withJson(withRange(withConfig(withArchiveOption(withLedger(program.command('reconcile'))))))
    .description(
      'Compare a bill with the ledger: FOCUS, OpenAI, Anthropic, OpenRouter, LiteLLM. Exit code 1 if anything differs.',
    )
    .option(
      '--bill <file...>',
      'the bill as its vendor exports it, CSV or JSON, also as .gz; several files are read as one',
      inputFiles,
    )
    .option(
      '--map <file>',
      'model and meter of names on the bill: JSON, or CSV with the columns sku, model, meter',
      inputFile,
    )
    .option('--only <column=value...>', 'compare only rows with this project, key or account', keyValues)
    .option('--vendor <name>', 'compare only the charges of this vendor, where the bill names no models: openai')
    .option('--usd-per <currency=rate...>', 'USD for one unit of another currency: EUR=1.08', rates)
    .option('--time-zone <zone>', 'time zone of dates and times without an offset (default: UTC)')
    .addOption(
      choice('--cost <column>', 'the cost column to compare', ['EffectiveCost', 'BilledCost', 'ListCost']).default(
        'EffectiveCost',
      ),
    )
    .option('--listed <n>', 'maximum entries listed of each kind', parseCount, 10)
    .option('--allow-differences', 'exit code 0 even if something differs')
    .option('--apply', 'replace the costs in the ledger and the statistics by the billed ones')
    .option('--yes', 'apply without a prompt')
    .action(async (ledger: string, flags: ReconcileFlags) => {
      // Each row of a large bill is short-lived, so a small young generation of the heap is enough.
      setFlagsFromString('--semi-space-growth-factor=1');
      const application = await applicationAt(flags.config);
      requireReading(flags);
      billsOf(flags);
      const result = await useLedger(ledger, async store => compare(store, flags, application), flags);
      if (flags.json === true) printResult(result, flags, () => '');
      if (flags.allowDifferences !== true && differs(result.reconciliation)) process.exitCode = 1;
    });
}

/** An hour's amount on a bill may cover both live and archived intents, and the archived part can no longer be changed. */
function requireReading({ archive, apply }: ReconcileFlags): void {
  if (archive === undefined || apply !== true) return;
  throw new RouterError('invalid-value', 'costs of archived intents cannot be replaced any more', {
    path: '--apply',
    accepted: 'without --archive, for a period (--from) that is not archived yet',
  });
}

/** Prints each result as soon as it is known; with `--json`, prints one document at the end. */
async function compare(
  store: Store,
  flags: ReconcileFlags,
  application: ResolvedConfig | undefined,
): Promise<Reconciled> {
  const print = (text: string): void => void (flags.json === true || process.stdout.write(`${text}\n`));
  const { priceOf, vendorIdOf } = ledgerPrices({ application });
  const range = rangeOf(flags);
  await requireFeatures(store, [range.feature]);
  const progress = startProgress({ label: 'reading the bill: rows', silent: flags.json });
  const bill = (): AsyncIterable<BillRow> => billRows(flags, progress);
  try {
    const matching = { priceOf, isOfOtherVendor: otherThan(flags.vendor, vendorIdOf), ...range };
    const reconciliation = await reconcile(bill(), store, { ...matching, maxListed: flags.listed });
    progress.done();
    print(renderReconciliation(reconciliation));
    if (flags.apply !== true) return { reconciliation };

    const options = { ...matching, atMs: Date.now(), dueAtMs: silenceOf(application) };
    const planned = await plan(bill(), store, options);
    print(renderPlanned(planned));
    if (planned.attempts === 0 || !(await isConfirmed(flags))) return { reconciliation, planned };
    const applied = await applyBilledCosts(bill(), store, options);
    print(renderApplied(applied));
    return { reconciliation, planned, applied };
  } finally {
    progress.done();
  }
}

/** Rounding, tax, other keys and the like need no action. */
function differs({ parts }: Reconciliation): boolean {
  return parts.some(({ reason }) => !EXPECTED_REASONS.has(reason));
}

function billsOf({ bill: files = [] }: ReconcileFlags): readonly string[] {
  if (files.length > 0) return files;
  throw new RouterError('invalid-value', 'there is no bill to compare', { path: '--bill', accepted: 'a file' });
}

function inputFiles(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, inputFile(file)];
}

function keyValues(given: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(given) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be column=value.');
  return { ...before, [name]: value };
}

function rates(given: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, currency, rate] = /^([A-Za-z]{3})=(\d+(?:\.\d+)?)$/.exec(given) ?? [];
  if (currency === undefined || !(Number(rate) > 0)) throw new InvalidArgumentError('It must be like EUR=1.08.');
  return { ...before, [currency.toUpperCase()]: Number(rate) };
}

async function* billRows(flags: ReconcileFlags, progress: Progress): AsyncGenerator<BillRow> {
  const { cost, map, only: asked = {}, usdPer = {}, timeZone, feature } = flags;
  // Among bills, only our own export states the feature of a row.
  const only = feature === undefined ? asked : { ...asked, x_FeatureTag: feature };
  const names = map === undefined ? {} : { names: skuMapAt(map) };
  const zone = timeZone === undefined ? {} : { timeZone };
  for (const file of billsOf(flags)) {
    try {
      for await (const row of readBill(textFile(file), { costColumn: cost, only, usdPer, ...names, ...zone })) {
        progress.advance();
        yield row;
      }
    } catch (error) {
      throw relocated(error, at => {
        if (at === 'readBill.timeZone') return '--time-zone';
        return at === undefined || at === file ? `--bill ${file}` : `--bill ${file}, ${at}`;
      });
    }
  }
}

function skuMapAt(file: string): ReturnType<typeof parseSkuMap> {
  try {
    return parseSkuMap(readFileSync(file, 'utf8'));
  } catch (error) {
    throw relocated(error, () => `--map ${file}`);
  }
}

interface ApplyOptions extends MatchOptions {
  readonly atMs: number;
  readonly dueAtMs: Parameters<typeof applyBilledCosts>[2]['dueAtMs'];
}

async function plan(bill: AsyncIterable<BillRow>, store: Store, options: ApplyOptions): Promise<Planned> {
  const intents = new Set<string>();
  let attempts = 0;
  let differenceNanoUsd = 0n;
  for await (const { intentId, records, delta } of billedCostChanges(bill, store, options)) {
    intents.add(intentId);
    attempts += records.length;
    for (const { key, sums } of delta) if (key.scope === 'plan') differenceNanoUsd += sums.cost ?? 0n;
  }
  return { attempts, intents: intents.size, differenceNanoUsd };
}

/** Only the configuration has the silence window: a commit without it would leave pending intents unlabelled forever. */
function silenceOf(application: ResolvedConfig | undefined): ApplyOptions['dueAtMs'] {
  return intent => {
    if (application !== undefined) return dueAtMs(application, intent);
    throw new RouterError(
      'invalid-config',
      'some intents are still pending, and only the configuration says when silence labels them',
      { path: '--apply', accepted: 'together with --config' },
    );
  };
}

async function isConfirmed(flags: ReconcileFlags): Promise<boolean> {
  if (flags.yes === true || flags.json === true || !process.stdin.isTTY) return true;
  const answer = await confirm({ message: 'Write these costs into the ledger and its statistics?' });
  return !isCancel(answer) && answer;
}
