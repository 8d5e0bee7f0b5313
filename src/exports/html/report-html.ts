/** The report as one self-contained HTML file, to mail, print and archive. */
import type { RouterReport } from '../../core/report/router-report.ts';
import { periodWords } from '../../core/report/period-words.ts';
import { formatMoment, formatPeriod, STATE_MEANINGS } from '../../core/report/wording.ts';
import { htmlPage } from './html-page.ts';
import { escapeHtml, htmlFacts } from './html-text.ts';
import { featureSection } from './report-feature.ts';
import { overviewSection } from './report-overview.ts';
import { verdictSection } from './report-verdict.ts';

/** Facts that the page shows beside its figures. */
export interface ReportPageOptions {
  readonly title?: string;
  /** Name of the ledger. */
  readonly ledger?: string;
  /** Program and version that made the page: `outcome-router 0.1.0`. */
  readonly madeBy?: string;
  /** The options as they were typed: `--last 30d`. */
  readonly options?: string;
}

/**
 * A self-contained page, ready to be written to a file.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs';
 * writeFileSync('report.html', renderReportHtml(await router.report()));
 * ```
 */
export function renderReportHtml(report: RouterReport, options: ReportPageOptions = {}): string {
  const { title = 'What success costs', ledger, madeBy } = options;
  const { features, madeAtMs, period, coveredPeriod } = report;
  const facts = [
    ['Period', period === undefined ? allOf(report) : periodWords(period, coveredPeriod)],
    ...(ledger === undefined ? [] : [['Ledger', ledger] as const]),
    ['Generated', `${formatMoment(madeAtMs)} UTC${madeBy === undefined ? '' : ` by ${madeBy}`}`],
    ...(options.options === undefined ? [] : [['Options', options.options === '' ? 'none' : options.options] as const]),
  ] as const;
  return htmlPage({
    title,
    intro: `${htmlFacts(facts)}<p class="muted">Amounts are in USD; intervals are 95 %. A failure costs what was recorded for it, otherwise what was configured when its intent was decided.</p>`,
    main:
      features.length === 0
        ? '<p>The ledger has no intents yet.</p>'
        : verdictSection(report) + overviewSection(report) + features.map(featureSection).join('\n'),
    footer: glossary(),
  });
}

/** The period from the first intent to the last. */
function allOf({ features }: RouterReport): string {
  const spans = features.flatMap(({ span }) => span ?? []);
  if (spans.length === 0) return 'all intents';
  const fromMs = Math.min(...spans.map(span => span.fromMs));
  return `all intents, ${formatPeriod({ fromMs, toMs: Math.max(...spans.map(span => span.toMs)) })}`;
}

function glossary(): string {
  const states = Object.entries(STATE_MEANINGS).map(
    ([state, meaning]) => `<strong>${state}</strong>: ${escapeHtml(meaning)}`,
  );
  return `<section class="glossary"><h2>How to read this</h2>
<p><strong>Cost per intent</strong>: models, retries, turns, judges, and what failures cost, divided by the intents. <strong>Cost per success</strong>: the same divided by the success rate. Rates leave out intents whose outcome is pending or unknown.</p>
<p>${states.join('. ')}.</p></section>`;
}
