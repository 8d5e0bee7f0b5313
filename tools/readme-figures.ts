/**
 * Writes the figures of the documentation: the text between `<!-- figures: NAME -->` and `<!-- end of figures -->` comes from
 * the command named beneath it, which runs now or, where that takes minutes, has saved its results.
 *
 *     node tools/readme-figures.ts            writes them
 *     node tools/readme-figures.ts --exact    writes the exact ones, which take no time: all but those of the demo
 *     node tools/readme-figures.ts --check    fails when the exact ones are out of date
 */
import { rmSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readResult } from '../benchmarks/results.ts';
import type { Calculation } from '../src/cli/text/calc-text.ts';
import type { DemoResult } from '../src/cli/text/demo-text.ts';
import { exactUsd } from '../src/cli/text/demo-text.ts';
import { describePlan, formatCount, formatFigure, formatPercent, formatUsd } from '../src/core/report/wording.ts';
import type { DemoModelName } from '../src/demo/world.ts';
import { bestPlan, DEMO_FEATURE_NAMES, demoFeature, knownPlans } from '../src/demo/world.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable, withFigures } from './figure-blocks.ts';
import { CONTEXT_FIGURES } from './context-figures.ts';
import { CONVERSATION_FIGURES } from './conversation-figures.ts';
import { DECISION_FIGURES } from './decision-figures.ts';
import { FAILURE_COST_FIGURES } from './failure-cost-figures.ts';
import { MEASURED_FIGURES } from './measured-figures.ts';
import { OVERHEAD_FIGURES } from './overhead-figures.ts';
import { REPLAY_FIGURES } from './replay-figures.ts';
import { ROUTING_FIGURES } from './routing-figures.ts';
import { capture } from './run.ts';
import { ROOT } from './sources.ts';
import { SESSION_FIGURES } from './session-figures.ts';
import { STATISTICS_FIGURES } from './statistics-figures.ts';
import { TRANSLATION_FIGURES } from './translation-figures.ts';
import { VERDICT_FIGURES } from './verdict-figures.ts';

export const FIGURES: Readonly<Record<string, FigureBlock>> = {
  article: { command: 'npx outcome-router calc --preset article', exact: true, make: articleTable },
  samples: { command: 'npx outcome-router calc --preset article --precision 0.20', exact: true, make: samplesLine },
  demo: { command: 'npx outcome-router demo', exact: false, make: demoTable },
  world: { command: 'npx outcome-router demo --json', exact: true, make: worldTable },
  runs: { command: 'npm run figures', exact: true, make: runsTable },
  report: { command: 'npx outcome-router report <the ledger of that demo>', exact: false, make: reportTable },
  ...ROUTING_FIGURES,
  ...STATISTICS_FIGURES,
  ...SESSION_FIGURES,
  ...REPLAY_FIGURES,
  ...OVERHEAD_FIGURES,
  ...CONTEXT_FIGURES,
  ...CONVERSATION_FIGURES,
  ...TRANSLATION_FIGURES,
  ...FAILURE_COST_FIGURES,
  ...DECISION_FIGURES,
  ...VERDICT_FIGURES,
  ...MEASURED_FIGURES,
};

function commandJson(...args: readonly string[]): unknown {
  const { status, stdout, stderr } = capture('node', [join(ROOT, 'src', 'cli', 'main.ts'), ...args, '--json']);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}

function articleTable(): string {
  const { setUps } = commandJson('calc', '--preset', 'article') as Calculation;
  return markdownTable(
    ['', ...setUps.map(({ name }) => name)],
    [
      ['tokens per intent', ...setUps.map(({ costs }) => formatUsd(costs.tokensUsd))],
      ['success', ...setUps.map(({ setUp }) => formatPercent(setUp.successRate))],
      ['**cost per intent**', ...setUps.map(({ costs }) => `**${formatUsd(costs.costPerIntentUsd)}**`)],
      ['**cost per success**', ...setUps.map(({ costs }) => `**${formatUsd(costs.costPerSuccessUsd)}**`)],
    ],
  );
}

function samplesLine(): string {
  const { setUps } = commandJson('calc', '--preset', 'article', '--precision', '0.20') as Calculation;
  const needed = setUps.at(-1)?.samplesNeeded;
  if (needed === undefined) throw new Error('the preset has two set-ups');
  return (
    `At ${formatPercent(setUps.at(-1)?.setUp.successRate ?? Number.NaN)} success and $15 a failure, a cost per intent known to ` +
    `±${formatUsd(needed.precisionUsd)} takes ${formatCount(needed.costPerIntent)} outcomes.`
  );
}

let demo: DemoResult | undefined;

function demoResult(): DemoResult {
  if (demo === undefined) {
    demo = commandJson('demo') as DemoResult;
    rmSync(dirname(demo.db), { recursive: true });
  }
  return demo;
}

function demoTable(): string {
  const { comparison, learning, totals, bill, report } = demoResult();
  const rows = comparison.map(({ feature, alwaysCheap, alwaysPremium, best, routedCostPerIntentUsd }) => [
    `\`${feature}\``,
    formatUsd(alwaysCheap.costPerIntentUsd),
    formatUsd(alwaysPremium.costPerIntentUsd),
    `${formatUsd(best.costPerIntentUsd)}: ${describePlan(best.plan)}`,
    formatFigure(routedCostPerIntentUsd, formatUsd),
    formatPercent(learning.find(each => each.feature === feature)?.traffic.at(-1) ?? Number.NaN),
  ]);
  const all = [
    '**all intents**',
    formatUsd(totals.alwaysCheapUsd),
    formatUsd(totals.alwaysPremiumUsd),
    formatUsd(totals.bestUsd),
    `**${formatFigure(totals.routedUsd, formatUsd)}**`,
    '',
  ];
  return (
    `${markdownTable(
      [
        'cost per intent',
        'always cheapest',
        'always most expensive',
        'always the best plan',
        'routed, without prior evidence',
        'best plan at the end',
      ],
      [...rows, all],
    )}\n\n` +
    `${formatCount(report.intents)} intents, ${formatCount(bill.requests)} billed requests. The ledger has ${exactUsd(BigInt(String(bill.ledgerNanoUsd)))} of model spend; ` +
    `the fake provider's own bill ${bill.equal ? 'has the same, to the nano-dollar' : 'DIFFERS'}. The totals above include failure cost.`
  );
}

function reportTable(): string {
  const { features } = demoResult().report;
  return markdownTable(
    ['feature', 'intents', 'success', 'cost per intent', 'cost per success', 'status'],
    features.map(feature => [
      `\`${feature.feature}\``,
      formatCount(feature.intents),
      formatFigure(feature.success, formatPercent),
      formatFigure(feature.costPerIntentUsd, formatUsd),
      formatFigure(feature.costPerSuccessUsd, formatUsd),
      feature.state,
    ]),
  );
}

/** The demo's world, with its sources. */
function worldTable(): string {
  return DEMO_FEATURE_NAMES.map(name => {
    const { failureCostUsd, models, source } = demoFeature(name);
    const plans = knownPlans(name);
    const best = bestPlan(plans).plan;
    const rows = plans.map(({ plan, success, costPerIntentUsd, costPerSuccessUsd }) => {
      const known = plan in models ? models[plan as DemoModelName] : undefined;
      const sizes = known === undefined ? [] : [known.inputTokens, known.outputTokens, known.turns ?? 1];
      return [
        plan === best ? `**${describePlan(plan)}**` : describePlan(plan),
        formatPercent(success),
        ...Array.from({ length: 3 }, (_, i) => sizes[i]?.toLocaleString('en-US') ?? ''),
        formatUsd(costPerIntentUsd),
        formatUsd(costPerSuccessUsd),
      ];
    });
    const head = ['plan', 'success', 'input tokens', 'output tokens', 'turns', 'cost per intent', 'cost per success'];
    return `### \`${name}\`\n\nA failure costs ${formatUsd(failureCostUsd)}.\n\n${markdownTable(head, rows)}\n\nSource: ${source}`;
  }).join('\n\n');
}

/** The origin of the saved figures. */
function runsTable(): string {
  const runs = (
    [
      'routing',
      'statistics',
      'off-policy',
      'million',
      'million-intents',
      'context',
      'sessions',
      'overhead',
      'features',
      'postgres',
      'start',
      'archive',
    ] as const
  ).map(readResult);
  return markdownTable(
    ['command', 'minutes', 'cores', 'Node'],
    runs.map(({ command, seconds, machine }) => [
      `\`${command}\``,
      (seconds / 60).toFixed(1),
      formatCount(machine.cores),
      machine.node,
    ]),
  );
}

/** The files that contain figures. */
export const FILES: readonly string[] = [
  'README.md',
  'docs/archive.md',
  'docs/benchmarks.md',
  'docs/conversations.md',
  'docs/demo.md',
  'docs/failure-cost.md',
  'docs/fleet.md',
  'docs/how-it-decides.md',
  'docs/reading-the-report.md',
  'docs/translation.md',
  'docs/verdicts.md',
];

if (import.meta.main) {
  const isCheck = process.argv.includes('--check');
  const isExact = isCheck || process.argv.includes('--exact');
  for (const file of FILES) {
    const path = join(ROOT, file);
    const text = readFileSync(path, 'utf8');
    const made = withFigures(text, FIGURES, ({ exact }) => exact || !isExact);
    if (!isCheck) writeFileSync(path, made);
    else if (made !== text) {
      console.error(`Figures of ${file} are out of date: node tools/readme-figures.ts`);
      process.exitCode = 1;
    }
  }
}
