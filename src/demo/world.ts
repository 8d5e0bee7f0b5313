/**
 * The world of the demo: features, models, and the success rate and price of each model. Published figures are cited;
 * assumptions are marked as such.
 */
import type { Plan, PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';

/** A provider's model. Rates are in USD per million tokens, as decimal strings. */
export interface DemoModel {
  readonly provider: 'openai' | 'anthropic';
  /** Name in requests. */
  readonly model: string;
  readonly inputUsd: string;
  readonly outputUsd: string;
  /** Whether the price book has the model. If so, the demo configures no price, and the bill tests the book's. */
  readonly inPriceBook: boolean;
}

export const DEMO_MODELS = {
  // The two models of the article ("A" and "B") at its prices: $0.15 and $10 per million input tokens. It prints no
  // output prices; $0.60 and $40 are those of models sold at these input prices (gpt-4o-mini, o3 at its release).
  mini: { provider: 'openai', model: 'article-mini', inputUsd: '0.15', outputUsd: '0.6', inPriceBook: false },
  reasoning: { provider: 'openai', model: 'article-reasoning', inputUsd: '10', outputUsd: '40', inPriceBook: false },
  'gpt-4.1-nano': { provider: 'openai', model: 'gpt-4.1-nano', inputUsd: '0.1', outputUsd: '0.4', inPriceBook: true },
  'gpt-4.1-mini': { provider: 'openai', model: 'gpt-4.1-mini', inputUsd: '0.4', outputUsd: '1.6', inPriceBook: true },
  'gpt-4.1': { provider: 'openai', model: 'gpt-4.1', inputUsd: '2', outputUsd: '8', inPriceBook: true },
  'sonnet-4': {
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    inputUsd: '3',
    outputUsd: '15',
    inPriceBook: true,
  },
  'opus-4': {
    provider: 'anthropic',
    model: 'claude-opus-4-20250514',
    inputUsd: '15',
    outputUsd: '75',
    inPriceBook: true,
  },
} as const satisfies Readonly<Record<string, DemoModel>>;

export type DemoModelName = keyof typeof DEMO_MODELS;

/** Rates of a model in a feature. Tokens are means per request. */
export interface Known {
  readonly success: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Mean requests per intent; the fractional part is the probability of one more. Default 1. */
  readonly turns?: number;
}

export interface DemoFeature {
  /** Cheapest first. */
  readonly models: Readonly<Partial<Record<DemoModelName, Known>>>;
  /** Cost of a failed intent. */
  readonly failureCostUsd: number;
  /** Whether a validator rejects wrong replies at once, so that plans may climb. */
  readonly checked?: true;
  /** Where the figures come from, and which of them are assumptions. */
  readonly source: string;
}

const SIMPLE_EVALS = 'https://github.com/openai/simple-evals (README, "Benchmark Results", gpt-4.1 family)';

export const DEMO_FEATURES = {
  // 5 turns × (1,000 × $0.15 + 383 × $0.60)/10⁶ = $0.0019; (1,000 × $10 + 100 × $40)/10⁶ = $0.014.
  'support.reply': {
    models: {
      mini: { success: 0.7, inputTokens: 1_000, outputTokens: 383, turns: 5 },
      reasoning: { success: 0.95, inputTokens: 1_000, outputTokens: 100, turns: 1 },
    },
    failureCostUsd: 15,
    source:
      'The cost-per-success article: 5 turns at $0.0019 and 70 % against 1 turn at $0.014 and 95 %; a ticket is ' +
      '10 minutes at $90 an hour = $15.',
  },
  // (2,000 × $10 + 400 × $40)/10⁶ = $0.036, asked again for 10 % of the pages: $0.0396.
  'invoice.extract': {
    models: {
      mini: { success: 0.9, inputTokens: 500, outputTokens: 400, turns: 1.35 },
      reasoning: { success: 0.98, inputTokens: 2_000, outputTokens: 400, turns: 1.1 },
    },
    failureCostUsd: 2,
    source:
      'The same article: 35 % retries and 10 % human review with a 500-token context, 10 % and 2 % with 2,000 tokens and ' +
      "$0.036 a page; review $0.04 a page at 2 % = $2 each. The small model's $0.08 a page cannot be rebuilt from its " +
      'parts: its own token price is used.',
  },
  // Tokens of the whole benchmark over its 225 cases: 3,460,663 in and 433,373 out; 2,671,437 in and 380,717 out.
  'code.edit': {
    models: {
      'sonnet-4': { success: 0.564, inputTokens: 15_381, outputTokens: 1_926 },
      'opus-4': { success: 0.707, inputTokens: 11_873, outputTokens: 1_692 },
    },
    failureCostUsd: 3,
    checked: true,
    source:
      'Aider polyglot leaderboard (github.com/Aider-AI/aider, aider/website/_data/polyglot_leaderboard.yml, 2025-05-24 ' +
      'and 2025-05-25, without thinking): pass_rate_2 and tokens per case; the unit tests are the check. Assumed: the ' +
      'models fail independently, and a failure costs a developer 2 minutes at $90 an hour.',
  },
  'math.tutor': {
    models: {
      'gpt-4.1-nano': { success: 0.623, inputTokens: 150, outputTokens: 700 },
      'gpt-4.1-mini': { success: 0.814, inputTokens: 150, outputTokens: 700 },
      'gpt-4.1': { success: 0.821, inputTokens: 150, outputTokens: 700 },
    },
    failureCostUsd: 0.05,
    source: `MATH column of ${SIMPLE_EVALS}. Assumed: tokens, and that a wrong answer costs a tutor 2 seconds at $90 an hour.`,
  },
  'docs.answer': {
    models: {
      'gpt-4.1-nano': { success: 0.822, inputTokens: 600, outputTokens: 150 },
      'gpt-4.1': { success: 0.794, inputTokens: 600, outputTokens: 150 },
    },
    failureCostUsd: 0.02,
    source:
      `DROP column (reading comprehension, F1) of ${SIMPLE_EVALS}: the most expensive model is not the best. Assumed: tokens, ` +
      'and that a reader who must look further loses $0.02.',
  },
} as const satisfies Readonly<Record<string, DemoFeature>>;

export type DemoFeatureName = keyof typeof DEMO_FEATURES;
export const DEMO_FEATURE_NAMES: readonly DemoFeatureName[] = Object.keys(DEMO_FEATURES) as DemoFeatureName[];

/** A feature, as the general type {@link DemoFeature}. */
export function demoFeature(name: DemoFeatureName): DemoFeature {
  return DEMO_FEATURES[name];
}

/** Cost and success rate of a plan, calculated from the rates above and not from a ledger. */
export interface KnownPlan {
  readonly plan: PlanKey;
  readonly success: number;
  readonly costPerIntentUsd: number;
  readonly costPerSuccessUsd: number;
}

/** Every plan of a feature: single candidates first, cheapest candidate first. */
export function knownPlans(name: DemoFeatureName): readonly KnownPlan[] {
  const feature = demoFeature(name);
  const known = Object.entries(feature.models) as readonly (readonly [DemoModelName, Known])[];
  const singles = known.map(([model]) => [model] as Plan);
  const climbs =
    feature.checked === true
      ? known.flatMap(([first], i) => known.slice(i + 1).map(([next]) => [first, next] as Plan))
      : [];
  return [...singles, ...climbs].map(plan => knownPlan(feature, plan));
}

function knownPlan({ models, failureCostUsd }: DemoFeature, plan: Plan): KnownPlan {
  let reached = 1;
  let spendUsd = 0;
  for (const name of plan as readonly DemoModelName[]) {
    const known = models[name];
    if (known === undefined) throw new RangeError(`${name} is not a candidate`);
    spendUsd += reached * spendOf(name, known);
    reached *= 1 - known.success;
  }
  const costPerIntentUsd = spendUsd + failureCostUsd * reached;
  const success = 1 - reached;
  return { plan: planKey(plan), success, costPerIntentUsd, costPerSuccessUsd: costPerIntentUsd / success };
}

/** Mean model spend of one intent, USD. */
function spendOf(name: DemoModelName, { inputTokens, outputTokens, turns = 1 }: Known): number {
  const { inputUsd, outputUsd } = DEMO_MODELS[name];
  return (turns * (inputTokens * Number(inputUsd) + outputTokens * Number(outputUsd))) / 1e6;
}

/** The plan with the lowest cost per intent. */
export function bestPlan(plans: readonly KnownPlan[]): KnownPlan {
  return plans.reduce((best, plan) => (plan.costPerIntentUsd < best.costPerIntentUsd ? plan : best));
}
