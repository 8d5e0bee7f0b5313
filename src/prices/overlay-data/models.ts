/**
 * Models that the price book lacks, confuses with others, or has at an outdated price; and fine-tuned models, whose rates in the
 * book lack the discount for cached input.
 */
import type { ListedModel, PriceSource } from '../../contracts/price-list.ts';

const PRICING = { source: 'https://developers.openai.com/api/docs/pricing', asOf: '2026-09-03' };

const GPT_62_SOL = {
  inputUsdPerMillion: 2,
  cacheReadUsdPerMillion: 0.1,
  cacheWrite5mUsdPerMillion: 2.5,
  cacheWrite1hUsdPerMillion: 5,
  outputUsdPerMillion: 10,
  webSearchUsdPerThousand: 10,
  fileSearchUsdPerThousand: 2.5,
  longContext: {
    aboveTokens: 272_000,
    inputUsdPerMillion: 4,
    cacheReadUsdPerMillion: 0.2,
    cacheWrite5mUsdPerMillion: 5,
    cacheWrite1hUsdPerMillion: 10,
    outputUsdPerMillion: 15,
  },
};

/** Two names of one model, with prices by day and night. The vendor retired them on 24 July 2026. */
const DEEPSEEK: Pick<ListedModel, 'prices'> & PriceSource = {
  source: 'https://api-docs.deepseek.com/quick_start/pricing',
  asOf: '2026-04-30',
  prices: [
    {
      from: '2025-09-05T16:00:00Z',
      inputUsdPerMillion: 0.56,
      cacheReadUsdPerMillion: 0.07,
      outputUsdPerMillion: 1.68,
    },
    { from: '2025-09-29', inputUsdPerMillion: 0.28, cacheReadUsdPerMillion: 0.028, outputUsdPerMillion: 0.42 },
    // From this date, both names mean deepseek-v4-flash.
    { from: '2026-04-24', inputUsdPerMillion: 0.14, cacheReadUsdPerMillion: 0.028, outputUsdPerMillion: 0.28 },
    {
      from: '2026-04-26T12:15:00Z',
      inputUsdPerMillion: 0.14,
      cacheReadUsdPerMillion: 0.0028,
      outputUsdPerMillion: 0.28,
    },
  ],
};

export const MODELS: readonly (ListedModel & PriceSource)[] = [
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
        fileSearchUsdPerThousand: 2.5,
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
    provider: 'openai',
    model: 'gpt-6.2-sol',
    source: 'https://developers.openai.com/api/docs/models/gpt-6.2-sol',
    asOf: '2026-11-18',
    prices: [
      { from: '2026-11-17', ...GPT_62_SOL, tiers: { priority: 2, ultrafast: 3 } },
      { from: '2027-03-01', ...GPT_62_SOL, tiers: { priority: 2, ultrafast: 6 } },
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
  { provider: 'deepseek', model: 'deepseek-chat', ...DEEPSEEK },
  { provider: 'deepseek', model: 'deepseek-reasoner', ...DEEPSEEK },
  {
    provider: 'openai',
    model: 'ft:gpt-4o',
    ...PRICING,
    prices: [{ inputUsdPerMillion: 3.75, cacheReadUsdPerMillion: 1.875, outputUsdPerMillion: 15 }],
  },
  {
    provider: 'openai',
    model: 'ft:gpt-4o-mini',
    ...PRICING,
    prices: [{ inputUsdPerMillion: 0.3, cacheReadUsdPerMillion: 0.15, outputUsdPerMillion: 1.2 }],
  },
  {
    provider: 'openai',
    model: 'ft:gpt-4.1',
    ...PRICING,
    prices: [{ inputUsdPerMillion: 3, cacheReadUsdPerMillion: 0.75, outputUsdPerMillion: 12 }],
  },
  {
    provider: 'openai',
    model: 'ft:gpt-4.1-mini',
    ...PRICING,
    prices: [{ inputUsdPerMillion: 0.8, cacheReadUsdPerMillion: 0.2, outputUsdPerMillion: 3.2 }],
  },
  {
    provider: 'openai',
    model: 'ft:gpt-4.1-nano',
    ...PRICING,
    prices: [{ inputUsdPerMillion: 0.2, cacheReadUsdPerMillion: 0.05, outputUsdPerMillion: 0.8 }],
  },
  {
    provider: 'openai',
    model: 'ft:o4-mini',
    ...PRICING,
    prices: [{ inputUsdPerMillion: 4, cacheReadUsdPerMillion: 1, outputUsdPerMillion: 16 }],
  },
];
