import { describe, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import { createRouter } from '../../src/create-router.ts';

/** What `createRouter` says of a model with these parameters; `undefined` where it accepts them. */
function refusal(params: unknown, more: Partial<ModelConfig> = {}): string | undefined {
  const model = { provider: 'openai', model: 'gpt-5', ...more, params } as ModelConfig;
  try {
    void createRouter({ models: { arm: model }, features: {} }).close();
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

const claude = (model: string): Partial<ModelConfig> => ({ provider: 'anthropic', model });
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

test('parameters that the model takes are accepted', () => {
  expect(
    refusal({ effort: 'minimal', maxOutputTokens: 1_000, serviceTier: 'flex', body: { verbosity: 'low' } }),
  ).toBeUndefined();
  expect(refusal({ effort: 'none', temperature: 0.2 }, { model: 'gpt-5.4' })).toBeUndefined();
  expect(refusal({ effort: 'xhigh' }, claude('claude-opus-4-7'))).toBeUndefined();
  expect(refusal({ effort: 'low', thinkingBudget: 2_000 }, claude('claude-opus-4-5'))).toBeUndefined();
  expect(refusal({ maxOutputTokens: 1_280, thinkingBudget: 1_024 }, claude('claude-sonnet-4-5'))).toBeUndefined();
  expect(refusal({ effort: 'high' }, claude('claude-sonnet-4-5'))).toBeUndefined();
  expect(refusal({})).toBeUndefined();
});

test('a misspelt parameter is refused with the name that was probably meant', () => {
  expect(refusal({ efort: 'low' })).toMatch(/models\.arm\.params\.efort.*did you mean "effort"\?/s);
  expect(refusal({ effort: 'hihg' })).toMatch(/models\.arm\.params\.effort.*did you mean "high"\?/s);
  expect(refusal(new Map())).toContain('models.arm.params');
});

describe('a parameter that the API lacks is refused with what would be accepted', () => {
  test.each([
    [{ thinkingBudget: 2_000 }, {}, /thinkingBudget.*`effort`/s],
    [{ serviceTier: 'flx' }, {}, /serviceTier.*did you mean "flex"\?/s],
    [{ effort: 'minimal' }, claude('claude-opus-4-7'), /effort.*"low", "medium", "high", "xhigh", "max"/s],
    [{ temperature: 1.5 }, claude('claude-sonnet-4-5'), /temperature.*0 to 1/s],
    [{ temperature: 0.5, effort: 'low' }, claude('claude-opus-4-6'), /temperature.*effort: 'none'/s],
    [{ serviceTier: 'flex' }, claude('claude-opus-4-7'), /serviceTier.*"auto", "standard_only"/s],
    [{ effort: 'none', thinkingBudget: 2_000 }, claude('claude-sonnet-4-5'), /thinkingBudget.*one of the two/s],
    [
      { maxOutputTokens: 1_000, thinkingBudget: 2_000 },
      claude('claude-sonnet-4-5'),
      /thinkingBudget.*maxOutputTokens/s,
    ],
    [
      { maxOutputTokens: 2_000, thinkingBudget: 2_000 },
      claude('claude-sonnet-4-5'),
      /thinkingBudget.*maxOutputTokens/s,
    ],
    [{ maxOutputTokens: 1_279, thinkingBudget: 1_024 }, claude('claude-sonnet-4-5'), /thinkingBudget.*1,280/s],
    [{ effort: 'low' }, { provider: 'other', price }, /effort.*`body`/s],
    [{ effort: 'low' }, { model: 'gpt-4o' }, /effort.*no effort/s],
    [{ maxOutputTokens: 64_001 }, claude('claude-sonnet-4-5'), /maxOutputTokens.*1 to 64000/s],
    [{ maxOutputTokens: 1e12 }, {}, /maxOutputTokens.*1 to 10,000,000/s],
    [{ body: { messages: [] } }, {}, /params\.body\.messages: "messages" is not a valid name.*other than model/s],
    [{ body: { a: { b: [Number.NaN] } } }, {}, /params\.body\.a: .*a JSON value/s],
  ] as const)('a parameter that the API lacks is refused with what would be accepted: %j', (params, model, message) => {
    expect(refusal(params, model)).toMatch(message);
  });
});

test.each([
  [{ effort: 'low', body: { reasoning_effort: 'high' } }, {}],
  [{ effort: 'low', body: { reasoning: { effort: 'high' } } }, {}],
  [{ effort: 'low', body: { output_config: { effort: 'high' } } }, claude('claude-opus-4-6')],
  [{ thinkingBudget: 2_000, body: { thinking: { budget_tokens: 9_000 } } }, claude('claude-sonnet-4-5')],
  [{ maxOutputTokens: 10, body: { max_completion_tokens: 20 } }, {}],
] as const)('a field that a parameter and the body both set is refused: %j', (params, model) => {
  expect(refusal(params, model)).toMatch(/params\.body.*one of the two/s);
});

test('the option `body` may set fields beside those that another parameter sets', () => {
  expect(refusal({ effort: 'low', body: { reasoning: { summary: 'auto' } } })).toBeUndefined();
});

describe('a parameter that this model lacks is refused with what would be accepted', () => {
  test.each([
    [{ effort: 'xhigh' }, {}, /effort.*"minimal", "low", "medium", "high"/s],
    [{ effort: 'low' }, { model: 'gpt-4.1' }, /gpt-4\.1 has no effort "low".*no effort/s],
    [{ temperature: 0.5 }, {}, /gpt-5 takes no temperature/],
    [{ temperature: 0.5 }, claude('claude-opus-4-7'), /takes no temperature/],
    [{ thinkingBudget: 2_000 }, claude('claude-opus-4-7'), /takes no thinking budget/],
    [{ thinkingBudget: 2_000 }, claude('claude-3-5-haiku-20241022'), /takes no thinking budget/],
    [{ effort: 'none' }, claude('claude-opus-5-5'), /effort.*"low", "medium", "high", "xhigh", "max"/s],
  ] as const)(
    'a parameter that this model lacks is refused with what would be accepted: %j %j',
    (params, model, message) => {
      expect(refusal(params, { ...model, price })).toMatch(message);
    },
  );
});

test('parameters are not refused for a gateway, which may translate what a model lacks and has its own tiers', () => {
  const gateway = { model: 'openai/o1', baseURL: 'https://openrouter.ai/api/v1', price };
  expect(refusal({ effort: 'xhigh', serviceTier: 'on_demand' }, gateway)).toBeUndefined();
});

test.each([
  [{ model: 'x' }, 'params.body.model:'],
  [{ messages: [] }, 'params.body.messages:'],
  [{ a: 1, stream: true }, 'params.body.stream:'],
  [{ a: () => 1 }, 'params.body.a:'],
  [{ a: undefined }, 'params.body.a:'],
  [{ b: 1, a: { c: Number.NaN } }, 'params.body.a:'],
  [[], 'params.body:'],
] as const)(
  'a body that is not JSON, or replaces parts of the request itself, is refused with the name of the field: %j',
  (body, path) => {
    expect(refusal({ body })).toContain(path);
  },
);
