import { expect, test } from 'vitest';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import type { AnsweredIntent } from '../../../src/core/ledger/answered-intent.ts';
import type { AnsweredRequest } from '../../../src/engine/request/answered-at-once.ts';
import { recordAnswered } from '../../../src/engine/request/answered-at-once.ts';
import type { FeatureState } from '../../../src/engine/state/feature-state.ts';
import type { IntentBook } from '../../../src/engine/state/intent-book.ts';
import type { ReplyOwners } from '../../../src/engine/state/reply-owners.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const { models, features } = resolveConfig(
  {
    models: { mini: { provider: 'openai', model: 'mini-1', price } },
    features: { f: { candidates: ['mini'], failureCostUsd: 1 } },
  },
  { policy: fixed('mini') },
);

/** @param isKnown another caller has asked for the intent */
function recorded(isKnown: boolean) {
  const owned: unknown[] = [];
  const decision = { plan: ['mini'], propensity: 1, eligible: ['mini'], policy: 'fixed', reason: '' };
  const decided = {
    kind: 'decided',
    intentId: 'i',
    revision: 0,
    feature: 'f',
    atMs: 1,
    segment: '',
    decision,
  } as const;
  const request: AnsweredRequest = {
    request: { feature: { config: features.get('f') } as FeatureState, intentId: 'i' },
    begun: {
      decided: { ...decided, failureCostNanoUsd: 1, versions: {} },
      model: models.get('mini') as ResolvedModel,
      route: { start: 'mini', plan: ['mini'], fallbacks: [] },
    },
    isOpen: true,
    startedAtMs: 5,
    latencyMs: 20,
    result: {
      status: 'ok',
      answer: {
        id: 'resp_1',
        keys: ['conv_1'],
        usage: { input: 100, output: 10 },
        provenance: 'reported',
        finish: 'stop',
        text: '',
        hasToolCalls: false,
      },
    },
    verdict: undefined,
  };
  const answered = recordAnswered(
    {
      book: { answered: () => !isKnown } as Partial<IntentBook> as IntentBook,
      owners: { keep: (...kept: unknown[]) => void owned.push(kept) } as Partial<ReplyOwners> as ReplyOwners,
      runtime: testRuntime(),
      tellUnpriced: () => {},
    },
    request,
  );
  return { answered, owned };
}

test('the first attempt of a request is recorded with its decision, and its model owns the reply', () => {
  const { answered, owned } = recorded(false);
  expect(answered?.attempt).toMatchObject({ kind: 'first', model: 'mini', latencyMs: 20, costNanoUsd: 120_000 });
  expect((answered as AnsweredIntent).records().map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
  expect(owned).toEqual([[['resp_1', 'conv_1'], 'mini']]);
});

test('no intent is recorded at once if another caller has asked for it', () => {
  expect(recorded(true)).toEqual({ answered: undefined, owned: [] });
});
