/** Total cost as one bar of parts, with every part named below it. */
import type { JSX } from 'preact';
import type { TotalCost, CostPart } from '../../../core/report/total-cost.ts';
import { COST_PART_NAMES } from '../../../core/report/total-cost.ts';
import { formatPercent, formatTotal } from '../../../core/report/wording.ts';

/** The same part has the same colour everywhere; failures stand out. */
const COLOURS: Readonly<Record<CostPart, number>> = {
  first: 0,
  'later-turns': 1,
  retry: 2,
  cascade: 3,
  judge: 5,
  failure: 4,
};

export function CostBar({ name, cost }: { readonly name: string; readonly cost: TotalCost }): JSX.Element {
  const parts = cost.lines.filter(line => line.fraction > 0);
  let from = 0;
  return (
    <section class="cost" aria-label={`Total cost of ${name}`}>
      <h3>
        {name} <span class="muted">{formatTotal(cost.totalUsd)}</span>
      </h3>
      <svg viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(line => {
          const x = from * 1000;
          from += line.fraction;
          return (
            <rect
              key={line.part}
              x={x}
              y="0"
              width={Math.max(line.fraction * 1000 - 1.5, 1)}
              height="20"
              class={`fill${COLOURS[line.part]}`}
            />
          );
        })}
      </svg>
      <ul class="legend">
        {parts.map(line => (
          <li key={line.part}>
            <span class={`swatch back${COLOURS[line.part]}`} aria-hidden="true" />
            {COST_PART_NAMES[line.part]} {formatTotal(line.usd)} ({formatPercent(line.fraction)})
          </li>
        ))}
      </ul>
    </section>
  );
}
