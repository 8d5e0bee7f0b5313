/** A reconciliation for the terminal. */
import { toDecimalUsd } from '../../core/ledger/money.ts';
import { formatCount } from '../../core/report/wording.ts';
import type { AppliedCosts } from '../../exports/bill/billed-costs.ts';
import type { ItemGroup, PriceDrift, Reconciliation } from '../../exports/bill/reconcile.ts';
import { left, renderTable, right } from './table.ts';

const usd = (nanoUsd: bigint | null): string => (nanoUsd === null ? '–' : toDecimalUsd(nanoUsd));

/** A summary of rows on both sides or on one side only, then price differences and the largest items; exact USD. */
export function renderReconciliation(result: Reconciliation): string {
  const { matched, different, missingInLedger, missingInBill, billedNanoUsd, ledgerNanoUsd } = result;
  const summary = renderTable(
    [left(''), right('Items'), right('Bill, USD'), right('Ledger, USD'), right('Bill − ledger')],
    [
      row('matched to the nano-dollar', matched),
      row('in both, at different costs', different),
      row('only on the bill', missingInLedger),
      row('only in the ledger', missingInBill),
      ['total', '', usd(billedNanoUsd), usd(ledgerNanoUsd), usd(billedNanoUsd - ledgerNanoUsd)],
    ],
  );
  return [
    summary,
    drift(result.drift),
    largest('Different costs', different),
    largest('Only on the bill: calls that bypassed the router, or pruned intents', missingInLedger),
    largest('Only in the ledger: not billed, or not yet', missingInBill),
  ]
    .filter(part => part !== '')
    .join('\n\n');
}

function row(title: string, { count, billedNanoUsd, ledgerNanoUsd }: ItemGroup): readonly string[] {
  return [title, formatCount(count), usd(billedNanoUsd), usd(ledgerNanoUsd), usd(billedNanoUsd - ledgerNanoUsd)];
}

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
      each.meter === '' ? 'Adjustment' : each.meter,
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
    [left('Request or hour'), left('Model'), left('Meter'), right('Bill, USD'), right('Ledger, USD')],
    items.map(({ by, model, meter, billedNanoUsd, ledgerNanoUsd }) => [
      by,
      model,
      meter === '' ? 'Adjustment' : meter,
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
