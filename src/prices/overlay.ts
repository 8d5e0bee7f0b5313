/**
 * Our dated additions to the price book: models that it lacks or confuses with others, and service tiers, which it does
 * not have. Every entry has a public source. A model without an entry causes an error that asks for a configured `price`;
 * a tier without an entry is priced as standard and named as unpriced.
 */
import { datedEras, sheetOfRates, withTerms } from './configured-price.ts';
import type { LongContextRates, PriceTerms, TokenRates } from '../contracts/price-config.ts';
import type { Era } from './schedule.ts';
import { mapSheets } from './schedule.ts';
import { withoutSnapshot } from './snapshot.ts';

interface Sourced {
  readonly provider: string;
  /** Where the provider publishes it. */
  readonly source: string;
  /** ISO date on which the source said so. */
  readonly asOf: string;
}

/** List prices of a model, from its release on. */
export interface ModelOverlay extends Sourced {
  readonly model: string;
  readonly prices: readonly (TokenRates & { readonly from: string; readonly longContext?: LongContextRates })[];
}

/** Service tiers of models of the book or of the overlay. */
export interface TierOverlay extends Sourced {
  readonly models: 'all' | readonly string[];
  readonly tiers: NonNullable<PriceTerms['tiers']>;
}

export const MODEL_OVERLAY: readonly ModelOverlay[] = [
  {
    provider: 'openai',
    model: 'gpt-6.1-sol',
    source: 'https://developers.openai.com/api/docs/models/gpt-6.1-sol',
    asOf: '2026-10-13',
    prices: [
      {
        from: '2026-09-29',
        inputUsdPerMillion: 2,
        cacheReadUsdPerMillion: 0.1,
        cacheWrite5mUsdPerMillion: 2.5,
        outputUsdPerMillion: 10,
        webSearchUsdPerThousand: 10,
        longContext: {
          aboveTokens: 272_000,
          inputUsdPerMillion: 4,
          cacheReadUsdPerMillion: 0.2,
          cacheWrite5mUsdPerMillion: 5,
          outputUsdPerMillion: 15,
        },
      },
    ],
  },
  {
    provider: 'anthropic',
    model: 'claude-sonnet-5-5',
    source: 'https://platform.claude.com/docs/en/models/sonnet-5-5/overview',
    asOf: '2026-10-24',
    prices: [
      {
        from: '2026-09-28',
        inputUsdPerMillion: 2,
        cacheReadUsdPerMillion: 0.2,
        cacheWrite5mUsdPerMillion: 2.5,
        cacheWrite1hUsdPerMillion: 4,
        outputUsdPerMillion: 10,
        webSearchUsdPerThousand: 10,
      },
      {
        from: '2026-10-07',
        inputUsdPerMillion: 2,
        cacheReadUsdPerMillion: 0.1,
        cacheWrite5mUsdPerMillion: 2.5,
        cacheWrite1hUsdPerMillion: 4,
        outputUsdPerMillion: 10,
        webSearchUsdPerThousand: 10,
      },
    ],
  },
  {
    provider: 'anthropic',
    model: 'claude-haiku-5-5',
    source: 'https://platform.claude.com/docs/en/models/haiku-5-5/overview',
    asOf: '2026-10-24',
    prices: [
      {
        from: '2026-10-07',
        inputUsdPerMillion: 0.1,
        cacheReadUsdPerMillion: 0.01,
        cacheWrite5mUsdPerMillion: 0.125,
        cacheWrite1hUsdPerMillion: 0.2,
        outputUsdPerMillion: 0.5,
        webSearchUsdPerThousand: 10,
        longContext: {
          aboveTokens: 100_000,
          inputUsdPerMillion: 0.5,
          cacheReadUsdPerMillion: 0.05,
          cacheWrite5mUsdPerMillion: 0.625,
          cacheWrite1hUsdPerMillion: 1,
          outputUsdPerMillion: 2.5,
        },
      },
    ],
  },
  {
    provider: 'anthropic',
    model: 'claude-fable-5-2',
    source: 'https://platform.claude.com/docs/en/about-claude/pricing',
    asOf: '2026-11-10',
    prices: [
      {
        from: '2026-11-09',
        inputUsdPerMillion: 8,
        cacheReadUsdPerMillion: 0.2,
        cacheWrite5mUsdPerMillion: 10,
        cacheWrite1hUsdPerMillion: 16,
        outputUsdPerMillion: 40,
        webSearchUsdPerThousand: 10,
      },
    ],
  },
];

export const TIER_OVERLAY: readonly TierOverlay[] = [
  {
    provider: 'openai',
    models: 'all',
    tiers: { batch: 0.5, flex: 0.5 },
    source: 'https://developers.openai.com/api/docs/guides/flex-processing.md',
    asOf: '2026-11-22',
  },
  {
    provider: 'openai',
    models: ['gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-5.6-luna', 'gpt-5.2', 'gpt-5.1', 'gpt-5', 'gpt-5.4-mini'],
    tiers: { priority: 2 },
    source: 'https://openai.com/api-fast-mode/',
    asOf: '2026-08-27',
  },
  {
    provider: 'openai',
    models: ['gpt-6.1-sol'],
    tiers: { priority: 2 },
    source: 'https://developers.openai.com/api/docs/models/gpt-6.1-sol',
    asOf: '2026-10-13',
  },
  // "Excludes long context": above the threshold these stay at the standard rates.
  {
    provider: 'openai',
    models: ['gpt-5.5'],
    tiers: { priority: { inputUsdPerMillion: 12.5, cacheReadUsdPerMillion: 1.25, outputUsdPerMillion: 75 } },
    source: 'https://openai.com/api-fast-mode/',
    asOf: '2026-08-27',
  },
  {
    provider: 'openai',
    models: ['gpt-5.4'],
    tiers: { priority: { inputUsdPerMillion: 5, cacheReadUsdPerMillion: 0.5, outputUsdPerMillion: 30 } },
    source: 'https://openai.com/api-fast-mode/',
    asOf: '2026-08-27',
  },
  {
    provider: 'openai',
    models: ['gpt-5-mini'],
    tiers: { priority: { inputUsdPerMillion: 0.45, cacheReadUsdPerMillion: 0.045, outputUsdPerMillion: 3.6 } },
    source: 'https://openai.com/api-priority-processing/',
    asOf: '2026-06-04',
  },
  {
    provider: 'openai',
    models: ['gpt-4.1'],
    tiers: { priority: { inputUsdPerMillion: 3.5, cacheReadUsdPerMillion: 0.875, outputUsdPerMillion: 14 } },
    source: 'https://openai.com/api-priority-processing/',
    asOf: '2026-06-04',
  },
  {
    provider: 'anthropic',
    models: 'all',
    tiers: { batch: 0.5 },
    source: 'https://platform.claude.com/docs/en/build-with-claude/batch-processing',
    asOf: '2026-11-22',
  },
];

/** The overlay's model with exactly this name, or with the name of a dated snapshot of it. */
export function overlayModel(provider: string, model: string): ModelOverlay | undefined {
  const wanted = withoutSnapshot(model.toLowerCase());
  return MODEL_OVERLAY.find(entry => entry.provider === provider && entry.model === wanted);
}

export function erasOfOverlay({ model, prices }: ModelOverlay): readonly Era[] {
  return datedEras(prices, model, (entry, path) => [{ fromMs: -Infinity, sheet: sheetOfRates(entry, path) }]);
}

/** The era with the service tiers that the overlay has for a model. */
export function withTiers(era: Era, provider: string, id: string): Era {
  const entries = TIER_OVERLAY.filter(
    entry => entry.provider === provider && (entry.models === 'all' || entry.models.includes(id)),
  );
  if (entries.length === 0) return era;
  const tiers: NonNullable<PriceTerms['tiers']> = Object.assign({}, ...entries.map(entry => entry.tiers));
  return mapSheets(era, sheet => withTerms(sheet, { tiers }, id));
}
