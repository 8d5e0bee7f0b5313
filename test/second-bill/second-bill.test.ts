/** The law of a million sales, checked for some of them: `npm run bench:second-bill` draws the million. */
import { expect, test } from 'vitest';
import type { Difference } from './compare.ts';
import { compareSale } from './compare.ts';
import type { Call, Sale, Tokens } from './sale.ts';
import { secondBill } from './second-bill.ts';
import { compareThroughRouter } from './through-router.ts';

const SEED = 12;
const SALES = 5_000;

/** What a person needs to find the mistake, on whichever side it is. */
const shown = ({ number, what, sale, reply }: Difference) => ({ number, what, sale, body: reply.body });

const tokens = (some: Partial<Tokens>): Tokens => ({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  audioInput: 0,
  output: 0,
  reasoning: 0,
  audioOutput: 0,
  ...some,
});
const call = (type: Call['type'], model: Call['model'], some: Partial<Tokens>): Call => ({
  type,
  model,
  tokens: tokens(some),
});
const sold = (asked: Sale['asked'], calls: readonly Call[], more: Partial<Sale> = {}): Sale => ({
  api: 'messages',
  dialect: 'openai',
  isStreamed: false,
  asked,
  namedAs: asked,
  served: asked,
  calls,
  isItemised: calls.length > 1,
  tools: { searches: 0, pages: 0, fileSearches: 0, codeRuns: [], computerCalls: 0 },
  ...more,
});

/** Dollars that others have worked out by hand, in the issues that report each case. */
test.each<[why: string, usd: string, sale: Sale]>([
  [
    'fast mode of Opus 4.6',
    '4.5',
    sold('claude-opus-4-6', [call('message', 'claude-opus-4-6', { input: 100_000, output: 10_000 })], {
      speed: 'fast',
    }),
  ],
  [
    'fast mode with cached tokens',
    '0.066034',
    sold('claude-opus-5', [call('message', 'claude-opus-5', { input: 1_000, cacheRead: 6_034, output: 1_000 })], {
      speed: 'fast',
    }),
  ],
  [
    'inference in the United States',
    '0.825',
    sold('claude-opus-4-6', [call('message', 'claude-opus-4-6', { input: 100_000, output: 10_000 })], { region: 'us' }),
  ],
  [
    'an advisor',
    '0.525',
    sold('claude-haiku-4-5', [
      call('message', 'claude-haiku-4-5', { input: 50_000, output: 5_000 }),
      call('advisor_message', 'claude-opus-4-6', { input: 50_000, output: 5_000 }),
      call('message', 'claude-haiku-4-5', { input: 50_000, output: 5_000 }),
    ]),
  ],
  [
    'a compaction below the bracket that its sum with the reply would be in',
    '0.6765',
    sold('claude-sonnet-4-5', [
      call('compaction', 'claude-sonnet-4-5', { input: 180_000, output: 3_500 }),
      call('message', 'claude-sonnet-4-5', { input: 23_000, output: 1_000 }),
    ]),
  ],
  [
    // The record in ccusage/ccusage#1552: $0.2319515 of the model that declined, $0.381067 of the one that answered.
    'a fallback after output of the model that declined',
    '0.6130185',
    sold(
      'claude-fable-5',
      [
        call('message', 'claude-fable-5', { input: 2, cacheWrite: 10_421, cacheRead: 72_769, output: 578 }),
        call('fallback_message', 'claude-opus-4-8', { input: 2, cacheRead: 79_214, output: 13_658 }),
      ],
      { served: 'claude-opus-4-8', namedAs: 'claude-opus-4-8' },
    ),
  ],
  [
    'a fallback after a model that declined before any output, which is free',
    '0.381067',
    sold(
      'claude-fable-5',
      [
        call('message', 'claude-fable-5', { input: 2, cacheWrite: 10_421, cacheRead: 72_769 }),
        call('fallback_message', 'claude-opus-4-8', { input: 2, cacheRead: 79_214, output: 13_658 }),
      ],
      { served: 'claude-opus-4-8', namedAs: 'claude-opus-4-8' },
    ),
  ],
  [
    'flex',
    '0.000225',
    sold('gpt-5-nano', [call('message', 'gpt-5-nano', { input: 1_000, output: 1_000 })], { api: 'chat', tier: 'flex' }),
  ],
  [
    'a search of the web, and pages',
    '0.010125',
    sold('gpt-5-mini', [call('message', 'gpt-5-mini', { input: 100, output: 50 })], {
      api: 'responses',
      tools: { searches: 1, pages: 3, fileSearches: 0, codeRuns: [], computerCalls: 0 },
    }),
  ],
])('the second bill has the published amount: %s', (_, usd, sale) => {
  expect((Number(secondBill(sale).nanoUsd) / 1e9).toString()).toBe(usd);
});

test('a reply costs what its vendor bills by its published rules, or is an estimate with a reason', () => {
  const differences: Difference[] = [];
  for (let number = 0; number < SALES; number++) {
    const { difference } = compareSale(SEED, number);
    if (difference !== undefined) differences.push(difference);
  }
  expect(differences.slice(0, 3).map(shown)).toEqual([]);
});

test('the ledger has the billed cost for every request of an official client through a router', async () => {
  const differences = await compareThroughRouter({ seed: SEED, from: SALES, count: 200, isHttp: false });
  expect(differences.slice(0, 3).map(shown)).toEqual([]);
});

test('the ledger has the billed cost for requests over HTTP', async () => {
  const differences = await compareThroughRouter({ seed: SEED, from: 2 * SALES, count: 60, isHttp: true });
  expect(differences.slice(0, 3).map(shown)).toEqual([]);
});
