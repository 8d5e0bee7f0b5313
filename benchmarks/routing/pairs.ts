/** The pairs of models that have bars, and the results of a plain Thompson sampler per feature on them. */

/** A cheap and a premium model on the features of one outcome table. */
export interface Pair {
  readonly name: string;
  readonly cheap: string;
  readonly premium: string;
  /** Prefix of the names of the features. */
  readonly features: string;
  /** Highest total cost ÷ that of the best model per feature in hindsight, at 1, 10 and 100 times premium's mean price. */
  readonly bars: readonly [number, number, number];
  /** Held-out intents under "95 % of premium's success": success (%) and percentage of premium's cost of feature-static. */
  readonly featureStatic: { readonly success: number; readonly share: number };
}

export const PAIRS: readonly Pair[] = [
  {
    name: 'MMLU Mixtral / GPT-4',
    cheap: 'mistralai/Mixtral-8x7B-Instruct-v0.1',
    premium: 'gpt-4-1106-preview',
    features: 'mmlu',
    bars: [1.002, 1.055, 1.083],
    featureStatic: { success: 75.6, share: 35 },
  },
  {
    name: 'BFCL gpt-3.5-FC / gpt-4-1106-FC',
    cheap: 'gpt-3.5-turbo-0125-FC',
    premium: 'gpt-4-1106-preview-FC',
    features: '',
    bars: [1.002, 1.083, 1.109],
    featureStatic: { success: 87.1, share: 24 },
  },
  {
    name: 'BFCL haiku / opus',
    cheap: 'claude-3-haiku-20240307',
    premium: 'claude-3-opus-20240229',
    features: '',
    bars: [1.002, 1.104, 1.089],
    featureStatic: { success: 84.1, share: 17 },
  },
  {
    name: 'BFCL nemo / sonnet-3.5',
    cheap: 'open-mistral-nemo-2407-FC-Any',
    premium: 'claude-3-5-sonnet-20240620',
    features: '',
    bars: [1.002, 1.084, 1.142],
    featureStatic: { success: 87.1, share: 22 },
  },
];

export const FAILURE_COSTS: readonly number[] = [1, 10, 100];
export const MEAN_BAR = 1.05;
/** Highest total cost ÷ that of the best fixed model, also where that model is nearly optimal. */
export const FIXED_BAR = 1.05;
