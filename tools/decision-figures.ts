/**
 * The figures and the picture of docs/how-it-decides.md: one feature in a simulated world, decided by the default policy.
 *
 *     node tools/decision-figures.ts    writes docs/images/how-it-decides.svg
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeatureView, Policy } from '../src/contracts/policy.ts';
import type { Random } from '../src/core/math/random.ts';
import { betaMean } from '../src/core/beliefs/posterior.ts';
import { betaQuantile } from '../src/core/math/distributions.ts';
import { formatFigure, formatPercent } from '../src/core/report/wording.ts';
import { thompson } from '../src/policies/thompson.ts';
import { startSimulation } from '../src/replay/worlds/simulate.ts';
import { modelsWorld } from '../src/replay/worlds/world.ts';
import type { FigureBlock } from './figure-blocks.ts';
import { markdownTable } from './figure-blocks.ts';
import { ROOT } from './sources.ts';

const MODELS = [
  { name: 'mini', costUsd: 0.0019, success: 0.7 },
  { name: 'premium', costUsd: 0.014, success: 0.95 },
] as const;
const INTENTS = 300;
/** Intents decided before the moments of the table. */
const MOMENTS = [0, 10, 20, 50, 100, 300];

interface Belief {
  readonly intents: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** The router's belief about each model before every intent, and the share that follows. */
function beliefs(): readonly (readonly Belief[])[] {
  const inner = thompson();
  const found: Belief[][] = [[], []];
  const note = (view: FeatureView, random: Random): void => {
    const { nodes } = view.learned.posterior(view.nowMs);
    const { shares } = inner.allocation?.(view, random) ?? { shares: [] };
    for (const [k, { ended }] of nodes.entries()) {
      const { a, b } = ended;
      const share = shares[k] ?? Number.NaN;
      const [low, high] = [betaQuantile(0.025, a, b), betaQuantile(0.975, a, b)];
      const list = found[k] as Belief[];
      list.push({ intents: list.length, value: betaMean(ended), low, high, share });
    }
  };
  const policy: Policy = {
    name: 'thompson',
    decide(view, random) {
      note(view, random);
      return inner.decide(view, random);
    },
  };
  const world = modelsWorld({ name: 'ticket', failureCostUsd: 15, models: MODELS });
  const simulation = startSimulation(world, policy, { seed: '1' });
  for (let i = 0; i <= INTENTS; i++) simulation.step();
  return found;
}

export const DECISION_FIGURES: Readonly<Record<string, FigureBlock>> = {
  decisions: { command: 'node tools/decision-figures.ts', exact: true, make: decisionTable },
};

function decisionTable(): string {
  const [mini = [], premium = []] = beliefs();
  const rows = MOMENTS.map(intents => {
    const [cheap, expensive] = [mini[intents] as Belief, premium[intents] as Belief];
    return [
      String(intents),
      formatFigure(cheap, formatPercent),
      formatFigure(expensive, formatPercent),
      formatPercent(cheap.share),
      formatPercent(expensive.share),
    ];
  });
  const head = ['intents', 'success of mini', 'success of premium', 'share of mini', 'share of premium'];
  return markdownTable(head, rows);
}

const [WIDTH, HEIGHT, LEFT, TOP] = [680, 400, 56, 30] as const;
const [PLOT_WIDTH, PLOT_HEIGHT, GAP] = [600, 140, 40] as const;
const COLORS = ['#b35900', '#0b63a5'] as const;

/** The picture: the belief about each model's success above, and the shares below. */
export function decisionPicture(): string {
  const found = beliefs();
  const x = (intents: number): string => (LEFT + (intents / INTENTS) * PLOT_WIDTH).toFixed(1);
  const y = (value: number, panel: number): string =>
    (TOP + panel * (PLOT_HEIGHT + GAP) + (1 - value) * PLOT_HEIGHT).toFixed(1);
  const path = (points: readonly Belief[], panel: number, of: (belief: Belief) => number): string =>
    points.map(belief => `${x(belief.intents)},${y(of(belief), panel)}`).join(' ');
  const axes = [0, 1].flatMap(panel => [
    ...[0, 0.5, 1].map(
      value =>
        `<line x1="${LEFT}" x2="${LEFT + PLOT_WIDTH}" y1="${y(value, panel)}" y2="${y(value, panel)}" stroke="#ddd"/>` +
        `<text x="${LEFT - 8}" y="${y(value, panel)}" dy="4" text-anchor="end">${value * 100} %</text>`,
    ),
    `<text x="${LEFT}" y="${Number(y(1, panel)) - 10}" font-weight="bold">${panel === 0 ? 'Success rate: expected, with 95 % interval' : 'Share of the next intent'}</text>`,
  ]);
  const lines = found.flatMap((points, k) => [
    `<polygon points="${path(points, 0, ({ high }) => high)} ${path(points.toReversed(), 0, ({ low }) => low)}" fill="${COLORS[k]}" opacity="0.15"/>`,
    `<polyline points="${path(points, 0, ({ value }) => value)}" fill="none" stroke="${COLORS[k]}" stroke-width="2"/>`,
    `<polyline points="${path(points, 1, ({ share }) => share)}" fill="none" stroke="${COLORS[k]}" stroke-width="2"/>`,
    `<text x="${LEFT + 480 + k * 60}" y="${TOP - 10}" fill="${COLORS[k]}" font-weight="bold">${MODELS[k]?.name}</text>`,
  ]);
  const ticks = [0, 100, 200, 300].map(
    intents => `<text x="${x(intents)}" y="${HEIGHT - 32}" text-anchor="middle">${intents}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    '<title>What the router believes of two models, and the shares that follow, over 300 intents</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...axes,
    ...lines,
    ...ticks,
    `<text x="${LEFT + PLOT_WIDTH / 2}" y="${HEIGHT - 12}" text-anchor="middle">intents decided so far</text>`,
    '</svg>',
    '',
  ].join('\n');
}

export const DECISION_PICTURE = 'docs/images/how-it-decides.svg';

if (import.meta.main) writeFileSync(join(ROOT, DECISION_PICTURE), decisionPicture());
