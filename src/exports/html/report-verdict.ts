/** The beginning of the HTML report: what changed, what needs attention, and the state of each feature. */
import type { Attention } from '../../core/report/attention.ts';
import { attentionOf, sortedAttention } from '../../core/report/attention.ts';
import type { RouterReport } from '../../core/report/router-report.ts';
import type { FeatureVerdict } from '../../core/report/verdict.ts';
import { featureVerdict, overallVerdict } from '../../core/report/verdict.ts';
import { escapeHtml } from './html-text.ts';
import { idOf } from './report-feature.ts';

export function verdictSection({ features, trend }: RouterReport): string {
  const trends = new Map(trend?.features.map(each => [each.feature, each]));
  const verdicts = features.map(report =>
    featureVerdict({ report, trend: trends.get(report.feature), changes: report.drift, shift: undefined }),
  );
  const attention = sortedAttention(features.flatMap(report => attentionOf(report, report.drift)));
  const hasIntents = features.some(({ intents }) => intents > 0);
  const all = trend === undefined && attention.length === 0 ? '' : overallVerdict(verdicts);
  return `<section>${all === '' ? '' : `<p class="verdict">${escapeHtml(all)}</p>`}<div class="firsts"><div>${attentionList(attention, hasIntents)}</div>
<nav id="contents" aria-label="Contents"><h2>Contents</h2><ul class="contents">${verdicts.map(contentsLine).join('')}</ul></nav></div></section>`;
}

function contentsLine({ feature, sentence }: FeatureVerdict): string {
  const words = sentence === '' ? '' : ` – ${sentence}`;
  return `<li><a href="#${idOf(feature)}">${escapeHtml(feature)}</a>${escapeHtml(words)}</li>`;
}

function attentionList(items: readonly Attention[], hasIntents: boolean): string {
  // Without intents, the report cannot say that everything is in order.
  if (items.length === 0 && !hasIntents) return '<p>This period has no intents.</p>';
  if (items.length === 0) return '<p>Nothing needs attention: no change for the worse, every feature has outcomes.</p>';
  const lines = items.map(({ feature, sentence }) => {
    const name = feature === undefined ? '' : `<strong>${escapeHtml(feature)}</strong>: `;
    return `<li>${name}${escapeHtml(sentence)}</li>`;
  });
  return `<h2>Needs attention</h2><ul class="notes">${lines.join('')}</ul>`;
}
