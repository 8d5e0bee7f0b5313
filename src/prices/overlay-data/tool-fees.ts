/** Fees of tools that the price book lacks. */
import type { ListedTerms, PriceSource } from '../../contracts/price-list.ts';

/** Reasoning models that may search with the tool `web_search_preview`. */
const PREVIEW_REASONING = [
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-5-pro',
  'gpt-5.1',
  'gpt-5.2',
  'gpt-5.2-pro',
  'gpt-5.4',
  'gpt-5.4-mini',
  'gpt-5.4-nano',
  'gpt-5.4-pro',
  'o3',
  'o3-pro',
  'o4-mini',
];

export const TOOL_FEES: readonly (ListedTerms & PriceSource)[] = [
  // "Web search preview": $10 a thousand for "reasoning models, including gpt-5, o-series", $25 for "non-reasoning models".
  {
    provider: 'openai',
    models: PREVIEW_REASONING,
    webSearchPreviewUsdPerThousand: 10,
    source: 'https://developers.openai.com/api/docs/pricing',
    asOf: '2026-03-12',
  },
  {
    provider: 'openai',
    models: ['gpt-4o', 'gpt-4o-2024-05-13', 'gpt-4o-mini', 'gpt-4o-search-preview', 'gpt-4.1', 'gpt-4.1-mini'],
    webSearchPreviewUsdPerThousand: 25,
    source: 'https://developers.openai.com/api/docs/pricing',
    asOf: '2026-03-12',
  },
];
