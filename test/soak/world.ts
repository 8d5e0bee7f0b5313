/** The world of the soak: models with their prices, faults, and features, of which each process has some at a time. */
import type { FeatureConfig, ModelConfig } from '../../src/config/application.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { FakeFault, FakeModel } from '../../src/public/testing.ts';

const tokens = { input: [50, 4_000], output: [1, 300] } as const;

/** Prices with more places than a nano-dollar has, so that every cost is rounded. */
export const PROVIDER_MODELS: Readonly<Record<string, FakeModel>> = {
  'mini-1': { price: { input: '0.1537', output: '0.6' }, tokens, success: 0.6 },
  'premium-1': { price: { input: '10', output: '40.0003' }, tokens, success: 0.9 },
  'haiku-1': { price: { input: '0.8001', output: '4' }, tokens, success: 0.7 },
  'opus-1': { price: { input: '15', output: '75.0007' }, tokens, success: 0.95 },
};

function model(provider: 'openai' | 'anthropic', name: string): ModelConfig {
  const { input = '0', output = '0' } = PROVIDER_MODELS[name]?.price ?? {};
  return {
    provider,
    model: name,
    price: { inputUsdPerMillion: Number(input), outputUsdPerMillion: Number(output) },
  };
}

export const MODELS = {
  mini: model('openai', 'mini-1'),
  premium: model('openai', 'premium-1'),
  haiku: model('anthropic', 'haiku-1'),
  opus: model('anthropic', 'opus-1'),
} as const;

/**
 * Of each request. Every fault leaves the two bills comparable to the nano-dollar: a reply that breaks does so after events
 * that the router has read.
 */
export const FAULTS: readonly (readonly [probability: number, fault: FakeFault])[] = [
  [0.02, { kind: 'status', status: 429, retryAfter: { ms: 5 } }],
  [0.01, { kind: 'status', status: 529 }],
  [0.01, { kind: 'status', status: 500, sentAs: 'json' }],
  [0.005, { kind: 'status', status: 503, sentAs: 'event', afterEvents: 2 }],
  [0.005, { kind: 'html', status: 502 }],
  [0.01, { kind: 'reset' }],
  [0.005, { kind: 'malformed' }],
  [0.01, { kind: 'truncate', afterEvents: 3 }],
  [0.01, { kind: 'cut', afterEvents: 3 }],
  [0.005, { kind: 'pause', afterEvents: 3 }],
  [0.001, { kind: 'silent' }],
  [0.02, { kind: 'slow', delayMs: 50, betweenEventsMs: 2 }],
  [0.01, { kind: 'delivery', delivery: { encoding: 'gzip', chunkBytes: [1, 40] } }],
];

export const MINUTE_MS = 60_000;

export interface SoakFeature {
  readonly name: string;
  readonly provider: 'openai' | 'anthropic';
  readonly config: FeatureConfig<keyof typeof MODELS>;
}

const SILENCES = [
  { after: '1m', means: 'success' },
  { after: '20m', means: 'failure' },
  { after: '2h', means: 'unknown' },
  undefined,
] as const;

/** The feature with this number. It is the same in every process and at every start. */
function feature(index: number): SoakFeature {
  const provider = index % 3 === 0 ? 'anthropic' : 'openai';
  const silence = SILENCES[index % SILENCES.length];
  return {
    name: `f${index}`,
    provider,
    config: {
      candidates: provider === 'openai' ? ['mini', 'premium'] : ['haiku', 'opus'],
      failureCostUsd: 0.02,
      context: { tier: ['free', 'paid'] },
      ...(silence === undefined ? {} : { silence }),
      ...(index % 2 === 0 ? { validate: reply => reply.text.includes('[solved]') } : { checks: { empty: true } }),
      ...(index % 5 === 0 ? { hold: 'until-verdict' } : {}),
      ...(index % 5 === 1 ? { holdout: { model: provider === 'openai' ? 'premium' : 'opus', fraction: 0.1 } } : {}),
      ...(index % 7 === 3 ? { policy: fixed(provider === 'openai' ? 'mini' : 'haiku'), maxTurns: 1 } : {}),
    },
  };
}

export const FEATURES: readonly SoakFeature[] = Array.from({ length: 24 }, (_, index) => feature(index));
