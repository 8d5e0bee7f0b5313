/** The cost of every feature, as bars on one scale, so that their lengths can be compared. */
import type { JSX } from 'preact';
import { FeatureLink } from './feature-link.tsx';
import { useState } from 'preact/hooks';
import type { CostPart, TotalCost } from '../../../core/report/total-cost.ts';
import { COST_PART_NAMES, COST_PARTS } from '../../../core/report/total-cost.ts';
import { formatPercent, formatTotal } from '../../../core/report/wording.ts';
import { PART_COLOURS } from '../../../exports/html/cost-parts.ts';
import { Table } from './figures.tsx';
import { useFirstRows } from './first-rows.tsx';

interface CostRow {
  readonly feature: string;
  readonly totalCost: TotalCost;
}

/** Percent of the widest bar: a narrower bar could not be seen. */
const MIN_WIDTH = 3;
/** Bars on a phone: about half a screen. */
const ON_A_PHONE = 6;
const FULL = 1_000;

export function CostBars({ rows }: { readonly rows: readonly CostRow[] }): JSX.Element {
  const [isSpendOnly, setSpendOnly] = useState(false);
  const parts = COST_PARTS.filter(part => !(isSpendOnly && part === 'failure'));
  const usdOf = ({ totalCost }: CostRow): string => (isSpendOnly ? totalCost.spendUsd : totalCost.totalUsd);
  const sorted = rows.toSorted((a, b) => Number(usdOf(b)) - Number(usdOf(a)));
  const { rows: shown, all } = useFirstRows(sorted, ON_A_PHONE, 'bars');
  const widest = Math.max(...sorted.map(row => Number(usdOf(row))), 1e-9);
  const used = parts.filter(part => rows.some(row => Number(lineOf(row, part)?.usd ?? 0) > 0));
  return (
    <section aria-labelledby="money">
      <h2 id="money">Where the money goes</h2>
      <label class="switch">
        <input type="checkbox" checked={isSpendOnly} onChange={event => setSpendOnly(event.currentTarget.checked)} />{' '}
        Model spend only: what routing can change
      </label>
      <ul class="legend">
        {used.map(part => (
          <li key={part}>
            <span class={`swatch back${PART_COLOURS[part]}`} aria-hidden="true" />
            {COST_PART_NAMES[part]}
          </li>
        ))}
      </ul>
      <ul class="bars" aria-label="Cost of every feature, on one scale">
        {shown.map(row => (
          <li key={row.feature}>
            <FeatureLink name={row.feature} />
            <span class="amount">{formatTotal(usdOf(row))}</span>
            <Bar row={row} parts={parts} scale={FULL / widest} />
          </li>
        ))}
      </ul>
      {all}
      <details>
        <summary>Figures of the bars</summary>
        <Table
          caption="Cost by part, exact. Failure cost is as recorded, otherwise as configured."
          rows={sorted}
          rowKey={row => row.feature}
          columns={[
            { title: 'Feature', cell: row => row.feature },
            ...used.map(part => ({
              title: COST_PART_NAMES[part],
              number: true,
              cell: (row: CostRow) => formatTotal(lineOf(row, part)?.usd ?? '0'),
            })),
            { title: 'Total', number: true, cell: row => formatTotal(usdOf(row)) },
          ]}
        />
      </details>
    </section>
  );
}

function Bar({
  row,
  parts,
  scale,
}: {
  readonly row: CostRow;
  readonly parts: readonly CostPart[];
  readonly scale: number;
}): JSX.Element {
  let x = 0;
  const widths = parts.map(part => [part, Number(lineOf(row, part)?.usd ?? 0) * scale] as const);
  const total = widths.reduce((sum, [, width]) => sum + width, 0);
  const largest = widths.toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? 'first';
  return (
    <svg viewBox={`0 0 ${FULL} 20`} preserveAspectRatio="none" aria-hidden="true">
      {total < MIN_WIDTH ? (
        <rect x="0" y="0" width={MIN_WIDTH} height="20" class={`fill${PART_COLOURS[largest]}`} />
      ) : (
        widths.map(([part, width]) => {
          const from = x;
          x += width;
          return width <= 0 ? null : (
            <rect key={part} x={from} y="0" width={width} height="20" class={`fill${PART_COLOURS[part]}`} />
          );
        })
      )}
    </svg>
  );
}

function lineOf({ totalCost }: CostRow, part: CostPart): TotalCost['lines'][number] | undefined {
  return totalCost.lines.find(line => line.part === part);
}

/** One feature's cost as parts of the whole, with every part named below the bar. */
export function CostShares({ cost }: { readonly cost: TotalCost }): JSX.Element {
  const parts = cost.lines.filter(line => line.fraction > 0);
  let from = 0;
  return (
    <div class="cost">
      <svg viewBox={`0 0 ${FULL} 20`} preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ part, fraction }) => {
          const x = from;
          from += fraction * FULL;
          return (
            <rect key={part} x={x} y="0" width={fraction * FULL} height="20" class={`fill${PART_COLOURS[part]}`} />
          );
        })}
      </svg>
      <ul class="legend">
        {parts.map(line => (
          <li key={line.part}>
            <span class={`swatch back${PART_COLOURS[line.part]}`} aria-hidden="true" />
            {COST_PART_NAMES[line.part]} {formatTotal(line.usd)} ({formatPercent(line.fraction)})
          </li>
        ))}
      </ul>
    </div>
  );
}
