/** The figures of all features together: first those that routing can change; assumed figures are never above billed ones. */
import type { ComponentChildren, JSX } from 'preact';
import { unlabelledNote } from '../../../core/report/notes.ts';
import { formatChange } from '../../../core/report/verdict.ts';
import { formatCount, formatPercent, formatTotal, formatUsd } from '../../../core/report/wording.ts';
import type { OverviewMessage } from '../../messages.ts';
import { CostChange, RateChange } from './change.tsx';
import { Estimate } from './figures.tsx';

export function Headline({ overview }: { readonly overview: OverviewMessage }): JSX.Element {
  const { total, pending, unknown, intents } = overview;
  const { now, trend } = total;
  const notInTotal = unlabelledNote(overview);
  return (
    <section aria-label="Figures of all features">
      <dl class="headline">
        <Headed
          name="Model spend"
          note="what the providers bill, and routing can change"
          change={<SpendChange overview={overview} />}
        >
          {formatTotal(now.spendUsd)}
        </Headed>
        <Headed
          name="Cost per success"
          note="model spend and failure cost, for each success"
          change={<CostChange of={trend?.costPerSuccessUsd} />}
        >
          <Estimate of={now.costPerSuccessUsd} as={formatUsd} />
        </Headed>
        <Headed name="Success" note="of the intents with an outcome" change={<RateChange of={trend?.success} />}>
          <Estimate of={now.success} as={formatPercent} />
        </Headed>
      </dl>
      <p class="muted">
        {formatCount(intents)} intents. Total cost {formatTotal(now.totalUsd)}, of which {formatTotal(now.failureUsd)}{' '}
        is failure cost: as recorded, otherwise as configured. Waiting for an outcome: {formatCount(pending)}. No
        outcome (closed): {formatCount(unknown)}. {notInTotal}
      </p>
    </section>
  );
}

/** A figure with its name above it and its change below. */
export function Headed(props: {
  readonly name: string;
  readonly note?: string;
  readonly change: JSX.Element;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { name, note, change, children } = props;
  return (
    <div>
      <dt>
        {name} {note !== undefined && <span class="note">{note}</span>}
      </dt>
      <dd class="value">{children}</dd>
      <dd>{change}</dd>
    </div>
  );
}

/** The amount is exact, but the two periods may differ in length, so spend per day is compared. */
function SpendChange({ overview }: { readonly overview: OverviewMessage }): JSX.Element {
  const { total, shown, nowMs } = overview;
  const { fromMs, toMs = nowMs } = shown;
  if (total.before === undefined || total.beforeMs === undefined || fromMs === undefined)
    return <span class="change muted">not compared</span>;
  const perDay = (usd: string, ms: number): number => Number(usd) / ms;
  const [now, earlier] = [
    perDay(total.now.spendUsd, Math.max(1, toMs - fromMs)),
    perDay(total.before.spendUsd, total.beforeMs),
  ];
  if (!(earlier > 0)) return <span class="change muted">no earlier figure</span>;
  const change = now / earlier - 1;
  const words = formatChange({ value: change, low: change, high: change }).split(' (')[0];
  return <span class="change muted">{words} in the daily average</span>;
}
