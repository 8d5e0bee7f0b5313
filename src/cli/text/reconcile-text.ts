/** A reconciliation for the terminal. */
import { toDecimalUsd } from '../../core/ledger/money.ts';
import { formatCount } from '../../core/report/wording.ts';
import type { AppliedCosts } from '../../exports/bill/billed-costs.ts';
import type { ItemGroup, PriceDrift, Reconciliation } from '../../exports/bill/reconcile.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';

const right = (title: string): Column => ({ title, align: 'right' });
const usd = (nanoUsd: bigint | null): string => (nanoUsd === null ? '–' : toDecimalUsd(nanoUsd));

/** What both know, what only one knows, and where they price it differently; exact USD. */
export function renderReconciliation(result: Reconciliation): string {
  const { matched, different, missingInLedger, missingInBill, billedNanoUsd, ledgerNanoUsd } = result;
  const summary = renderTable(
    [{ title: '' }, right('Items'), right('Bill, USD'), right('Ledger, USD'), right('Bill − ledger')],
    [
      row('matched to the nano-dollar', matched),
      row('known to both, at different costs', different),
      row('only on the bill', missingInLedger),
      row('only in the ledger', missingInBill),
      ['all', '', usd(billedNanoUsd), usd(ledgerNanoUsd), usd(billedNanoUsd - ledgerNanoUsd)],
    ],
  );
  return [
    summary,
    drift(result.drift),
    largest('Different costs', different),
    largest('Only on the bill: calls past the router, or pruned', missingInLedger),
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
      { title: 'Model' },
      { title: 'Meter' },
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
  return `Where the prices or quantities of what both know differ (bill ÷ ledger):\n${table}`;
}

function largest(title: string, { count, largest: items }: ItemGroup): string {
  if (items.length === 0) return '';
  const table = renderTable(
    [{ title: 'Request or hour' }, { title: 'Model' }, { title: 'Meter' }, right('Bill, USD'), right('Ledger, USD')],
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

/** What applying the bill would change. */
export function renderPlanned({
  attempts,
  intents,
  differenceNanoUsd,
}: Pick<AppliedCosts, 'attempts' | 'intents' | 'differenceNanoUsd'>): string {
  if (attempts === 0) return 'Every cost that the bill knows is in the ledger already: nothing to apply.';
  return (
    `Applying the bill gives ${formatCount(attempts)} attempts of ${formatCount(intents)} intents their billed cost: ` +
    `${usd(differenceNanoUsd)} USD in all. Reports and decisions go by it from then on.`
  );
}

export function renderApplied({ attempts, intents, refused, differenceNanoUsd }: AppliedCosts): string {
  const done = `Applied to ${formatCount(attempts)} attempts of ${formatCount(intents)} intents: ${usd(differenceNanoUsd)} USD.`;
  return refused === 0 ? done : `${done} ${formatCount(refused)} moved on meanwhile: apply the bill again.`;
}
