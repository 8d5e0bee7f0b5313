/** A reconciliation for the terminal. */
import { toDecimalUsd } from '../../core/ledger/money.ts';
import { formatCount } from '../../core/report/wording.ts';
import type { AppliedCosts } from '../../exports/bill/billed-costs.ts';
import { REASON_WORDS } from '../../exports/bill/difference-words.ts';
import type { DifferenceReason } from '../../exports/bill/differences.ts';
import type { PriceDrift } from '../../exports/bill/price-drift.ts';
import { SET_ASIDE } from '../../exports/bill/read-rows.ts';
import type { ItemGroup, Reconciliation } from '../../exports/bill/reconcile.ts';
import { left, renderTable, right } from './table.ts';

const usd = (nanoUsd: bigint | null): string => (nanoUsd === null ? '–' : toDecimalUsd(nanoUsd));

/**
 * How bill and ledger were compared, a summary, the parts of the difference, price differences and the largest items; exact USD.
 */
export function renderReconciliation(result: Reconciliation): string {
  const { matched, rounded, different, missingInLedger, missingInBill, billedNanoUsd, ledgerNanoUsd } = result;
  const summary = renderTable(
    [left(''), right('Items'), right('Bill, USD'), right('Ledger, USD'), right('Bill − ledger')],
    [
      row('matched to the nano-dollar', matched),
      ...(rounded.count === 0 ? [] : [row('matched, within the rounding of the bill', rounded)]),
      row('in both, at different costs', different),
      row('only on the bill', missingInLedger),
      row('only in the ledger', missingInBill),
      ...(aside(result) ?? []),
      ['total', '', usd(billedNanoUsd), usd(ledgerNanoUsd), usd(billedNanoUsd - ledgerNanoUsd)],
    ],
  );
  return [
    comparedBy(result),
    summary,
    parts(result),
    otherDays(result),
    drift(result.drift),
    largest('Different costs', different),
    largest('Only on the bill', missingInLedger),
    largest('Only in the ledger', missingInBill),
    names(result),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

/** `Compared by day (310 items): the bill has no request ids that the ledger knows.` */
function comparedBy({ comparedBy: by }: Reconciliation): string {
  const widths = (['request', 'hour', 'day', 'longer'] as const).filter(width => by[width] > 0);
  if (widths.length === 0) return 'The bill has no items.';
  const name = (width: (typeof widths)[number]): string => (width === 'longer' ? 'the period of the row' : width);
  const items = (count: number): string => `${formatCount(count)} ${count === 1 ? 'item' : 'items'}`;
  const list = widths.map(width => `by ${name(width)} (${items(by[width])})`).join(', ');
  const why =
    by.request > 0 && widths.length > 1
      ? ': by request where the ledger has the id of the row'
      : by.request > 0
        ? ''
        : ': the bill has no request ids that the ledger knows';
  return `Compared ${list}${why}.`;
}

/** Rows that are not a use of a model in this period, and charges of other vendors. */
function aside({ parts: all }: Reconciliation): readonly (readonly string[])[] | undefined {
  const rows = all.filter(({ reason }) => ASIDE.has(reason));
  if (rows.length === 0) return undefined;
  const nanoUsd = rows.reduce((sum, part) => sum + part.nanoUsd, 0n);
  const count = rows.reduce((sum, part) => sum + part.count, 0);
  return [['not compared (below)', formatCount(count), '', '', usd(nanoUsd)]];
}

const ASIDE: ReadonlySet<DifferenceReason> = new Set([...SET_ASIDE, 'other-vendor']);

function parts({ parts: all }: Reconciliation): string {
  if (all.length === 0) return '';
  const table = renderTable(
    [left('Bill − ledger consists of'), right('Items'), right('USD'), right('Size, USD')],
    all.map(({ reason, count, nanoUsd, sizeNanoUsd }) => [
      REASON_WORDS[reason],
      formatCount(count),
      usd(nanoUsd),
      usd(sizeNanoUsd),
    ]),
  );
  return table;
}

/** Reasons for a difference that also occur on a bill whose days begin at another hour. */
const OF_OTHER_DAYS: ReadonlySet<DifferenceReason> = new Set([
  'price',
  'use',
  'price-or-use',
  'not-in-ledger',
  'not-on-bill',
  'calendar-edge',
  'outside-bill',
]);

/**
 * If the only cause is that days begin at another hour, the differences cancel: at most 1/50 of the differing amounts remains in their sum.
 */
const LEFT_OF_OTHER_DAYS = 50n;

/** Differences that cancel each other do not mean that one side lacks calls. */
function otherDays({ parts: all, comparedBy: by }: Reconciliation): string {
  const found = all.filter(({ reason }) => OF_OTHER_DAYS.has(reason));
  const net = found.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
  const size = found.reduce((sum, { sizeNanoUsd }) => sum + sizeNanoUsd, 0n);
  const count = found.reduce((sum, part) => sum + part.count, 0);
  const left = net < 0n ? -net : net;
  if (by.day + by.hour + by.longer < 2 || count < 2 || size === 0n || left * LEFT_OF_OTHER_DAYS > size) return '';
  return (
    'These differences cancel each other: the sums of both sides agree, and the days do not. Does the bill count its days in ' +
    'another time zone? --time-zone names it (`outcome-router help bills`).'
  );
}

/** The names that a map would have to translate. */
function names({ unknownModels, ledgerModels }: Reconciliation): string {
  if (unknownModels.length === 0) return '';
  const listed = (all: readonly string[]): string =>
    all.length > NAMES_SHOWN
      ? `${all.slice(0, NAMES_SHOWN).join(', ')} and ${all.length - NAMES_SHOWN} more`
      : all.join(', ');
  return (
    `Names on the bill that the ledger does not have: ${listed(unknownModels)}. The ledger's models: ${listed(ledgerModels)}. ` +
    'If two of these names mean the same model, --map FILE joins them (`outcome-router help bills`).'
  );
}

const NAMES_SHOWN = 10;

function row(title: string, { count, billedNanoUsd, ledgerNanoUsd }: ItemGroup): readonly string[] {
  return [title, formatCount(count), usd(billedNanoUsd), usd(ledgerNanoUsd), usd(billedNanoUsd - ledgerNanoUsd)];
}

const meterText = (meter: string): string => (meter === '' ? 'all' : meter);

function drift(drifts: readonly PriceDrift[]): string {
  if (drifts.length === 0) return '';
  const ratio = (value: number | null): string => (value === null ? '–' : `×${value.toFixed(6)}`);
  const table = renderTable(
    [
      left('Model'),
      left('Meter'),
      right('Bill, USD'),
      right('Ledger, USD'),
      right('Cost'),
      right('Quantity'),
      right('Unit price'),
    ],
    drifts.map(each => [
      each.model,
      meterText(each.meter),
      usd(each.billedNanoUsd),
      usd(each.ledgerNanoUsd),
      ratio(each.costRatio),
      ratio(each.quantityRatio),
      ratio(each.priceRatio),
    ]),
  );
  return `Differences in price or quantity of items in both (bill ÷ ledger):\n${table}`;
}

function largest(title: string, { count, largest: items }: ItemGroup): string {
  if (items.length === 0) return '';
  const table = renderTable(
    [left('Request or period'), left('Model'), left('Meter'), right('Bill, USD'), right('Ledger, USD')],
    items.map(({ by, model, meter, billedNanoUsd, ledgerNanoUsd }) => [
      by,
      model === '' ? 'all' : model,
      billedNanoUsd === null && meter === '' ? 'Adjustment' : meterText(meter),
      usd(billedNanoUsd),
      usd(ledgerNanoUsd),
    ]),
  );
  const shown = count > items.length ? `, the ${formatCount(items.length)} largest of ${formatCount(count)}` : '';
  return `${title}${shown}:\n${table}`;
}

/** The effect that applying the bill would have. */
export function renderPlanned({
  attempts,
  intents,
  differenceNanoUsd,
}: Pick<AppliedCosts, 'attempts' | 'intents' | 'differenceNanoUsd'>): string {
  if (attempts === 0) return 'The ledger already has every cost on the bill: nothing to apply.';
  return (
    `Applying the bill replaces the cost of ${formatCount(attempts)} attempts of ${formatCount(intents)} intents: ` +
    `${usd(differenceNanoUsd)} USD in total. Reports and decisions then use the billed costs.`
  );
}

export function renderApplied({ attempts, intents, refused, differenceNanoUsd }: AppliedCosts): string {
  const done = `Applied to ${formatCount(attempts)} attempts of ${formatCount(intents)} intents: ${usd(differenceNanoUsd)} USD.`;
  return refused === 0
    ? done
    : `${done} ${formatCount(refused)} were written to in the meantime: apply the bill again.`;
}
