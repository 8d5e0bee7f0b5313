/**
 * What the vendors publish, typed from their price pages: US dollars per million tokens, as decimal text, so that no float changes an
 * amount between the page and the bill. The files of this folder import nothing from `src`: they are a second, independent calculation.
 *
 * Sources, as they were in November 2026:
 * - https://developers.openai.com/api/docs/pricing, and https://openai.com/api-priority-processing for the priority rates
 * - https://platform.claude.com/docs/en/about-claude/pricing
 * - of the vendors behind OpenAI's API: the figures of the issues that report each case, named at the entry
 */

/** One row of a vendor's table. A cell that the vendor leaves empty is absent. */
export interface Row {
  readonly input: string;
  readonly output: string;
  readonly cacheRead?: string;
  /** The vendor's only price of a cache write, or that of the 5-minute cache. */
  readonly cacheWrite?: string;
  readonly cacheWrite1h?: string;
  readonly audioInput?: string;
  readonly audioOutput?: string;
}

export interface Published extends Row {
  readonly vendor: 'openai' | 'anthropic' | 'compatible';
  /** The whole request at these rates once its input, cached tokens included, is above so many tokens. */
  readonly long?: Row & { readonly above: number };
  /** Half of every rate: "Flex … priced at Batch API rates"; batch at Anthropic. */
  readonly halfPrice?: 'flex' | 'batch';
  readonly priority?: Row;
  /** Anthropic's fast mode: "priced at a multiplier on standard rates", cache multipliers apply on top. */
  readonly fast?: bigint;
  /**
   * In the United States alone: a tenth more ("inference_geo … 1.1x on all token pricing categories"), or the same: "data
   * residency endpoints are charged a 10% uplift for models released on or after March 5, 2026".
   */
  readonly us?: 'more' | 'same';
  /** Dollars a thousand. */
  readonly webSearch?: string;
  readonly fileSearch?: string;
  /** Dollars a container, dollars a request. */
  readonly container?: string;
  readonly perRequest?: string;
  /** An image model called as a tool: text in, images in, images out. A reply does not name it, so only a customer can know. */
  /** Hundredths off every rate and fee: what a customer has negotiated. */
  readonly percentOff?: bigint;
  readonly imageTool?: { readonly text: string; readonly image: string; readonly output: string };
}

/**
 * A container of the code interpreter has a published price too, but four of them, by its memory, for every 20 minutes: no
 * reply says which, or whether an earlier one has started it.
 */
const openaiTools = { webSearch: '10', fileSearch: '2.5' } as const;

export const PUBLISHED = {
  'gpt-5': {
    vendor: 'openai',
    us: 'same',
    input: '1.25',
    cacheRead: '0.125',
    output: '10',
    halfPrice: 'flex',
    priority: { input: '2.50', cacheRead: '0.250', output: '20.00' },
    ...openaiTools,
  },
  'gpt-5-mini': {
    vendor: 'openai',
    us: 'same',
    input: '0.25',
    cacheRead: '0.025',
    output: '2',
    halfPrice: 'flex',
    priority: { input: '0.45', cacheRead: '0.045', output: '3.60' },
    ...openaiTools,
  },
  'gpt-5-nano': {
    vendor: 'openai',
    us: 'same',
    input: '0.05',
    cacheRead: '0.005',
    output: '0.40',
    halfPrice: 'flex',
    ...openaiTools,
  },
  'gpt-5.4': {
    // Released on March 5, 2026, so with the uplift for data residency. Priority excludes long context. The price page has the
    // short prices for "<272K" tokens, so that 272,000 are long; the page of the model says ">272K".
    vendor: 'openai',
    input: '2.50',
    cacheRead: '0.25',
    output: '15.00',
    long: { above: 271_999, input: '5.00', cacheRead: '0.50', output: '22.50' },
    halfPrice: 'flex',
    priority: { input: '5.00', cacheRead: '0.500', output: '30.00' },
    us: 'more',
    ...openaiTools,
  },
  'gpt-5.6-luna': {
    // With a fee for cache writes, 1.25 × the input; "2x input and 1.5x output" for long prompts; Fast mode at twice the rates.
    vendor: 'openai',
    input: '0.20',
    cacheRead: '0.02',
    cacheWrite: '0.25',
    output: '1.20',
    long: { above: 271_999, input: '0.40', cacheRead: '0.04', cacheWrite: '0.50', output: '1.80' },
    halfPrice: 'flex',
    priority: { input: '0.40', cacheRead: '0.04', cacheWrite: '0.50', output: '2.40' },
    us: 'more',
    ...openaiTools,
  },
  'gpt-4.1': {
    vendor: 'openai',
    us: 'same',
    input: '2.00',
    cacheRead: '0.50',
    output: '8.00',
    priority: { input: '3.50', cacheRead: '0.875', output: '14.00' },
  },
  'gpt-4o-mini': {
    vendor: 'openai',
    us: 'same',
    input: '0.15',
    cacheRead: '0.075',
    output: '0.60',
    priority: { input: '0.25', cacheRead: '0.125', output: '1.00' },
  },

  'claude-opus-4-6': {
    // Fast mode at $30 and $150 when the model was in it.
    vendor: 'anthropic',
    input: '5',
    cacheWrite: '6.25',
    cacheWrite1h: '10',
    cacheRead: '0.50',
    output: '25',
    fast: 6n,
    us: 'more',
    halfPrice: 'batch',
    webSearch: '10',
  },
  'claude-opus-4-8': {
    vendor: 'anthropic',
    input: '5',
    cacheWrite: '6.25',
    cacheWrite1h: '10',
    cacheRead: '0.50',
    output: '25',
    fast: 2n,
    us: 'more',
    halfPrice: 'batch',
    webSearch: '10',
  },
  'claude-opus-5': {
    vendor: 'anthropic',
    input: '5',
    cacheWrite: '6.25',
    cacheWrite1h: '10',
    cacheRead: '0.50',
    output: '25',
    fast: 2n,
    us: 'more',
    halfPrice: 'batch',
    webSearch: '10',
  },
  'claude-fable-5': {
    vendor: 'anthropic',
    input: '10',
    cacheWrite: '12.50',
    cacheWrite1h: '20',
    cacheRead: '1',
    output: '50',
    us: 'more',
    halfPrice: 'batch',
    webSearch: '10',
  },
  'claude-sonnet-4-6': {
    vendor: 'anthropic',
    input: '3',
    cacheWrite: '3.75',
    cacheWrite1h: '6',
    cacheRead: '0.30',
    output: '15',
    us: 'more',
    halfPrice: 'batch',
    webSearch: '10',
  },
  'claude-sonnet-4-5': {
    // The 1.1x is "for Claude 4.6 and later models".
    vendor: 'anthropic',
    input: '3',
    cacheWrite: '3.75',
    cacheWrite1h: '6',
    cacheRead: '0.30',
    output: '15',
    long: { above: 200_000, input: '6', cacheWrite: '7.50', cacheWrite1h: '12', cacheRead: '0.60', output: '22.50' },
    halfPrice: 'batch',
    webSearch: '10',
  },
  'claude-haiku-4-5': {
    vendor: 'anthropic',
    input: '1',
    cacheWrite: '1.25',
    cacheWrite1h: '2',
    cacheRead: '0.10',
    output: '5',
    halfPrice: 'batch',
    webSearch: '10',
  },

  // Vendors behind OpenAI's API, with the rates that their customer configures.
  deepseek: { vendor: 'compatible', input: '0.27', output: '1.10', cacheRead: '0.07' }, // BerriAI/litellm#5017
  gemini: { vendor: 'compatible', input: '0.30', output: '2.50', cacheRead: '0.03' }, // mozilla-ai/any-llm#1290
  moonshot: { vendor: 'compatible', input: '0.60', output: '2.50', cacheRead: '0.15' }, // earendil-works/pi#2017
  xai: { vendor: 'compatible', input: '1.25', output: '2.50', cacheRead: '0.20' },
  groq: { vendor: 'compatible', input: '0.15', output: '0.60', cacheRead: '0.075' },
  // Claude behind a LiteLLM proxy (BerriAI/litellm#31724), which passes the vendor's speed and region on.
  litellm: {
    vendor: 'compatible',
    input: '3',
    output: '15',
    cacheRead: '0.30',
    cacheWrite: '3.75',
    cacheWrite1h: '6',
    fast: 2n,
    us: 'more',
  },
  // A gateway whose prompt count leaves out cached tokens, and whose total includes them.
  excluding: { vendor: 'compatible', input: '0.27', output: '1.10', cacheRead: '0.07' },
  negotiated: {
    vendor: 'compatible',
    input: '1.37',
    output: '7.77',
    cacheRead: '0.137',
    cacheWrite: '1.6969',
    halfPrice: 'flex',
    webSearch: '9.99',
    fileSearch: '2.5',
    perRequest: '0.001',
    percentOff: 17n,
  },
  perplexity: { vendor: 'compatible', input: '1', output: '1', perRequest: '0.005' }, // vercel/ai#13705
  // The same two, where their customer takes the cost that the reply states.
  'xai-stated': { vendor: 'compatible', input: '1.25', output: '2.50', cacheRead: '0.20' },
  'perplexity-stated': { vendor: 'compatible', input: '1', output: '1' },
  openrouter: { vendor: 'compatible', input: '0.25', output: '2', cacheRead: '0.025' },
  // A customer's own contract, with everything that a contract may have and rates finer than a nano-dollar a token.
  contract: {
    vendor: 'compatible',
    input: '1.3571',
    output: '7.7777',
    cacheRead: '0.1357',
    cacheWrite: '1.6964',
    audioInput: '41.0303',
    audioOutput: '81.0707',
    long: { above: 100_000, input: '2.0357', output: '11.6666', cacheRead: '0.2036', cacheWrite: '2.5446' },
    halfPrice: 'flex',
    priority: { input: '3.3333', output: '19.9999', cacheRead: '0.3333', cacheWrite: '4.1666' },
    webSearch: '12.345',
    fileSearch: '2.345',
    container: '0.0321',
    perRequest: '0.0012345',
    imageTool: { text: '5.0001', image: '10.0003', output: '40.0007' },
  },
} as const satisfies Record<string, Published>;

export type ModelName = keyof typeof PUBLISHED;

export const published = (name: ModelName): Published => PUBLISHED[name];
