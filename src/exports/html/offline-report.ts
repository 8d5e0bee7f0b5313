/** The report of a simulation, a benchmark or a replay as one self-contained HTML file. */
import type { Figure } from '../../core/math/interval.ts';
import { formatFigure, formatPercent, formatUsd } from '../../core/report/wording.ts';
import { htmlPage } from './html-page.ts';
import { escapeHtml, htmlFacts, htmlTable } from './html-text.ts';
import { lines } from './offline-plots.ts';
import { costAgainstSuccess } from './plane.ts';
import type { Part } from './svg-figure.ts';
import { legend, stackedColumns, whiskers } from './svg-plots.ts';

/** One policy's figures over all intents. */
export interface OfflinePolicy {
  readonly name: string;
  /** Set if figures belong to one feature: policies are compared, and drawn, only within a feature. */
  readonly feature?: string;
  readonly spendPerIntentUsd: number;
  readonly successRate: number;
  readonly costPerIntentUsd: number;
  readonly costPerSuccessUsd: number;
  /** The last cell of the policy's row: the regret, the ratio to the best policy, the savings. */
  readonly remark?: string;
  /** Why there are no figures. Shown below the table, because a sentence would make its column wider than the page. */
  readonly refusal?: string;
}

export interface OfflineReport {
  readonly title: string;
  /** Facts about the page, by name: ledger, period, when it was made. */
  readonly facts?: readonly (readonly [string, string])[];
  /** Sentences that describe the run. */
  readonly summary: readonly string[];
  readonly failureCostUsd?: number;
  readonly policies: readonly OfflinePolicy[];
  /** The heading of the column of remarks. */
  readonly remarkTitle?: string;
  /** Cumulative cost minus that of the best fixed plan, USD, per policy in the order of `policies`. */
  readonly regret?: readonly { readonly intents: number; readonly usd: readonly number[] }[];
  /** The shares that each policy gives the plans, over time. */
  readonly shares?: readonly {
    readonly policy: string;
    readonly plans: readonly string[];
    readonly steps: readonly { readonly intents: number; readonly shares: readonly number[] }[];
  }[];
  readonly features?: readonly {
    readonly feature: string;
    readonly policies: readonly {
      readonly policy: string;
      readonly intents: number;
      readonly costPerSuccessUsd: Figure;
    }[];
  }[];
}

const COLOURS = 8;
const intentsText = (count: number): string => Math.round(count).toLocaleString('en-US');

/**
 * A self-contained page, ready to be written to a file.
 *
 * @example
 * ```ts
 * const title = 'Outcomes of last month';
 * const page = renderOfflineReport({ title, summary: ['Two policies, eight shuffles.'], policies: [] });
 * ```
 */
export function renderOfflineReport(report: OfflineReport): string {
  const names = [...new Set(report.policies.map(({ name }) => name))];
  const parts = names.map<Part>((name, i) => ({ name, colour: i % COLOURS }));
  return htmlPage({
    title: report.title,
    intro: htmlFacts(report.facts) + report.summary.map(text => `<p class="muted">${escapeHtml(text)}</p>`).join('\n'),
    main: [
      policySection(report, parts),
      regretSection(report, parts),
      sharesSection(report),
      featuresSection(report, parts),
    ].join('\n'),
  });
}

function policySection({ policies, remarkTitle = 'remark' }: OfflineReport, parts: readonly Part[]): string {
  const hasFeatures = policies.some(({ feature }) => feature !== undefined);
  const hasRemarks = policies.some(({ remark, refusal }) => remark !== undefined || refusal !== undefined);
  const refusals = policies.flatMap(({ name, feature, refusal }) =>
    refusal === undefined
      ? []
      : [`${name}${feature === undefined ? '' : `, ${feature}`}: no estimate, because ${refusal}.`],
  );
  return `<section><h2>Spend against success</h2>
<p>Each dot is a policy; the dashed line is the Pareto front: no other policy spends less and succeeds more.</p>
${planes(policies, parts)}${htmlTable(
  'Policies',
  [
    { title: 'policy' },
    ...(hasFeatures ? [{ title: 'feature' }] : []),
    { title: 'spend per intent', align: 'right' },
    { title: 'success', align: 'right' },
    { title: 'cost per intent', align: 'right' },
    { title: 'cost per success', align: 'right' },
    ...(hasRemarks ? [{ title: remarkTitle, align: 'right' as const }] : []),
  ],
  policies.map(policy => [
    policy.name,
    ...(hasFeatures ? [policy.feature ?? ''] : []),
    formatUsd(policy.spendPerIntentUsd),
    formatPercent(policy.successRate),
    formatUsd(policy.costPerIntentUsd),
    formatUsd(policy.costPerSuccessUsd),
    ...(hasRemarks ? [policy.remark ?? (policy.refusal === undefined ? '' : 'no estimate')] : []),
  ]),
)}${refusals.map(text => `<p class="muted">${escapeHtml(text)}</p>`).join('')}</section>`;
}

/** A plot for each feature, because the costs of two features do not compare two policies. */
function planes(policies: readonly OfflinePolicy[], parts: readonly Part[]): string {
  const plots = [...new Set(policies.map(({ feature }) => feature))].map(feature => {
    const dots = policies
      .filter(policy => policy.feature === feature)
      .map(({ name, spendPerIntentUsd, successRate }) => ({
        name,
        colour: parts.find(part => part.name === name)?.colour ?? 0,
        x: spendPerIntentUsd,
        y: successRate,
      }));
    const title = feature === undefined ? 'Spend against success' : `Spend against success of ${feature}`;
    const plot = costAgainstSuccess(title, dots, { x: formatUsd, y: formatPercent });
    return feature === undefined || plot === '' ? plot : `<h3>${escapeHtml(feature)}</h3>${plot}`;
  });
  return plots.join('');
}

function regretSection({ regret, policies }: OfflineReport, parts: readonly Part[]): string {
  if (regret === undefined || regret.length === 0) return '';
  const drawn = parts.map((part, i) => ({
    ...part,
    points: regret.map(({ intents, usd }) => ({ x: intents, y: usd[i] ?? 0 })),
  }));
  return `<section><h2>Cost of exploration</h2>
<p>Regret: cumulative cost (model spend and failure cost) minus that of the best fixed plan. A flat line means that the policy has found the best plan.</p>
${lines('Regret over time', drawn, { x: 'intents', y: 'USD', formatX: intentsText, formatY: formatUsd })}${legend(parts)}
<details><summary>Figures</summary>${htmlTable(
    'Regret over the best fixed plan, USD',
    [{ title: 'intents' }, ...policies.map(({ name }) => ({ title: name, align: 'right' as const }))],
    sampled(regret).map(({ intents, usd }) => [intentsText(intents), ...usd.map(formatUsd)]),
  )}</details></section>`;
}

/** Reduces a long series to its steps at every tenth of its length, and its last step. */
function sampled<Step>(steps: readonly Step[]): readonly Step[] {
  const every = Math.max(1, Math.floor(steps.length / 10));
  return steps.filter((_, i) => (i + 1) % every === 0 || i === steps.length - 1);
}

function sharesSection({ shares }: OfflineReport): string {
  if (shares === undefined || shares.length === 0) return '';
  const sections = shares.map(({ policy, plans, steps }) => {
    const parts = plans.map<Part>((name, i) => ({ name, colour: i % COLOURS }));
    const plot = stackedColumns(
      `Shares under ${policy}`,
      steps.map(({ intents, shares: each }) => ({ fromMs: intents, fractions: each })),
      { parts, format: intentsText },
    );
    return `<h3>${escapeHtml(policy)}</h3>${plot}${legend(parts)}
<details><summary>Figures</summary>${htmlTable(
      `Shares under ${policy}`,
      [{ title: 'intents' }, ...plans.map(title => ({ title, align: 'right' as const }))],
      sampled(steps).map(({ intents, shares: each }) => [intentsText(intents), ...each.map(formatPercent)]),
    )}</details>`;
  });
  return `<section><h2>Shares of the plans</h2>${sections.join('\n')}</section>`;
}

function featuresSection({ features }: OfflineReport, parts: readonly Part[]): string {
  // A feature without an estimate by any policy has no plot; the table above has the reasons.
  const answered = (features ?? []).filter(feature => feature.policies.length > 0);
  if (answered.length === 0) return '';
  const sections = answered.map(({ feature, policies }) => {
    const rows = policies.map(({ policy, costPerSuccessUsd }) => ({
      name: policy,
      colour: parts.find(({ name }) => name === policy)?.colour ?? 0,
      ...costPerSuccessUsd,
      label: formatFigure(costPerSuccessUsd, formatUsd),
    }));
    return `<h3>${escapeHtml(feature)}</h3>${whiskers(`Cost per success of ${feature}`, rows, formatUsd)}
<details><summary>Figures</summary>${htmlTable(
      `Cost per success of ${feature}`,
      [{ title: 'policy' }, { title: 'intents', align: 'right' }, { title: 'cost per success', align: 'right' }],
      policies.map(({ policy, intents, costPerSuccessUsd }) => [
        policy,
        intentsText(intents),
        formatFigure(costPerSuccessUsd, formatUsd),
      ]),
    )}</details>`;
  });
  return `<section><h2>Cost per success, by feature</h2>
<p>With 95 % intervals. Overlapping intervals do not prove that two policies are equal; see the difference and its interval.</p>${sections.join('\n')}</section>`;
}
