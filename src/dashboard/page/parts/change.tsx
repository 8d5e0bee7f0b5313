/** The change of a figure against the period before. A change that chance may explain has a muted color. */
import type { JSX } from 'preact';
import { relativeDifference } from '../../../core/math/relative-difference.ts';
import type { TrendDifference } from '../../../core/report/trend.ts';
import { formatChange, TOO_FEW_OUTCOMES } from '../../../core/report/verdict.ts';
import { formatFigure, formatPoints } from '../../../core/report/wording.ts';

export function CostChange({ of }: { readonly of: TrendDifference | undefined }): JSX.Element {
  if (of === undefined) return <span class="change muted">not compared</span>;
  const change = relativeDifference(of.now, of.before);
  return <Change isSignificant={of.isSignificant} isBetter={change.value < 0} words={formatChange(change)} />;
}

export function RateChange({ of }: { readonly of: TrendDifference | undefined }): JSX.Element {
  if (of === undefined) return <span class="change muted">not compared</span>;
  const { difference, isSignificant } = of;
  const words = `${difference.value > 0 ? '+' : ''}${formatFigure(difference, formatPoints)}`;
  return <Change isSignificant={isSignificant} isBetter={difference.value > 0} words={words} />;
}

function Change(props: {
  readonly isSignificant: boolean;
  readonly isBetter: boolean;
  readonly words: string;
}): JSX.Element {
  const { isSignificant, isBetter, words } = props;
  if (words === '–' || words === '+–') return <span class="change muted">no earlier figure</span>;
  if (words === TOO_FEW_OUTCOMES) return <span class="change muted">{words}</span>;
  const kind = isSignificant ? (isBetter ? 'better' : 'worse') : 'muted';
  const [value = '', interval = ''] = words.split(/ (?=\()/);
  return (
    <span class={`change ${kind}`}>
      <span>{value}</span> <span class="interval">{interval}</span>
    </span>
  );
}
