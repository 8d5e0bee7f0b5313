import { expect, test } from 'vitest';
import { CIRCUIT_OPEN, INTENTS_REFUSED } from '../../src/core/report/live-state-words.ts';
import { liveAttention } from '../../src/dashboard/live-attention.ts';
import type { ReachRouter } from '../../src/dashboard/plan-clients.ts';

type State = Awaited<ReturnType<ReachRouter['explain']>>;

const routerOf = (states: Readonly<Record<string, State>>): ReachRouter => ({
  explain: async feature => states[feature] ?? Promise.reject(new Error(feature)),
});
const running = (state: Partial<State>): State => ({ plans: [], costMultiplier: 1, notes: [], ...state });

test('a feature shows its open circuit, its budget that runs low and its refused intents', async () => {
  const router = routerOf({
    a: running({
      plans: [
        { plan: 'mini', exclusionReasons: [CIRCUIT_OPEN] },
        { plan: 'premium', exclusionReasons: [] },
      ],
    }),
    b: running({ costMultiplier: 1.5 }),
    c: running({ notes: ['A note.', `${INTENTS_REFUSED}: the budget of today is spent.`] }),
    d: running({}),
  });
  const found = await liveAttention(router, ['a', 'b', 'c', 'd', 'unknown']);
  expect(found?.map(({ kind, feature, sentence }) => [kind, feature, sentence])).toEqual([
    ['circuit open', 'a', `mini: ${CIRCUIT_OPEN}.`],
    ['budget', 'b', 'A budget is running low: a dollar of spend counts as $1.50 in the choice.'],
    ['budget', 'c', 'New intents are refused: the budget of today is spent.'],
  ]);
});

test('without a running router, the state of a feature is unknown, which differs from having nothing to report', async () => {
  expect(await liveAttention(undefined, ['a'])).toBeUndefined();
  expect(await liveAttention(routerOf({ a: { plans: [] } }), ['a'])).toBeUndefined();
  expect(await liveAttention(routerOf({ a: running({}) }), ['a'])).toEqual([]);
});
