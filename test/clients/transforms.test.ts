import { describe, expect, test } from 'vitest';
import { LEARNT_FOR_MS } from '../../src/clients/learnt-limits.ts';
import { learningTransforms } from '../../src/clients/transforms.ts';
import type { ModelConfig } from '../../src/config/application.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import type { RefusedParameter, ReplyError, RequestFacts } from '../../src/contracts/wire.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';

function modelWith(more: Partial<ModelConfig> = {}, name = 'mini'): ResolvedModel {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const models = { [name]: { provider: 'openai', model: `${name}-1`, price, ...more } } as const;
  return resolveConfig({ models, features: {} }, { policy: fixed(name) }).models.get(name) as ResolvedModel;
}

const factsOf = (body: Readonly<Record<string, unknown>> = {}): RequestFacts =>
  openaiChat.read(JSON.stringify({ model: 'feature:x', messages: [], ...body }), 'feature:') as RequestFacts;

function learner(...models: readonly ResolvedModel[]) {
  const told: string[] = [];
  const runtime = testRuntime();
  const learnt = (model: string, { kind }: { readonly kind: string }): void => void told.push(`${model} ${kind}`);
  const transforms = learningTransforms({ runtime, models, learnt });
  /** Learns from a request that was sent with the current transform. */
  const refuse = (
    error: ReplyError,
    body: Readonly<Record<string, unknown>> = {},
    model: ResolvedModel = models[0] as ResolvedModel,
  ) => {
    const facts = factsOf(body);
    return transforms.learn({ model, transform: transforms.of(model, facts), request: { facts } }, error);
  };
  return { told, runtime, transforms, refuse };
}

const refused = (...parameters: readonly RefusedParameter[]): ReplyError => ({ about: 'request', parameters });

describe('a preference', () => {
  test('a preference that was refused is left out from then on, in addition to those configured', () => {
    const model = modelWith({ transform: { drop: ['seed'], clamp: { temperature: 1 } } });
    const { transforms, refuse, told } = learner(model);
    expect(refuse(refused({ name: 'top_p' }), { top_p: 0.5 })).toBe('resend');
    expect(transforms.of(model, factsOf())).toMatchObject({ drop: ['seed', 'top_p'], clamp: { temperature: 1 } });
    expect(told).toEqual(['mini drop']);
  });

  test('a preference is left out only with the refused value, where the error names it', () => {
    const model = modelWith();
    const { transforms, refuse } = learner(model);
    const flex = refused({ name: 'service_tier', value: '"flex"' });
    expect(refuse(flex, { service_tier: 'flex' })).toBe('resend');
    expect(refuse(flex, { service_tier: 'flex' })).toBeUndefined();
    expect(refuse(refused({ name: 'service_tier', value: '"scale"' }), { service_tier: 'scale' })).toBe('resend');
    expect(transforms.of(model, factsOf())).toMatchObject({
      drop: [],
      dropValues: { service_tier: ['flex', 'scale'] },
    });
  });

  test('the refusal of a preference that was not sent teaches nothing', () => {
    const { refuse, told } = learner(modelWith({ transform: { drop: ['seed'] } }));
    expect(refuse(refused({ name: 'seed' }), { seed: 1 })).toBeUndefined();
    expect(refuse(refused({ name: 'top_p' }), { seed: 1 })).toBeUndefined();
    expect(refuse(refused({ name: 'top_p' }), { seed: 1, stream: true })).toBeUndefined();
    expect(refuse(refused({ name: 'stream_options' }), { seed: 1 })).toBeUndefined();
    expect(told).toEqual([]);
  });

  test('the stream option that the router adds is left out once it is refused', () => {
    const model = modelWith();
    const { transforms, refuse } = learner(model);
    expect(refuse(refused({ name: 'stream_options' }), { stream: true })).toBe('resend');
    expect(transforms.of(model, factsOf({ stream: true }))?.drop).toEqual(['stream_options']);
  });

  test('a preference that is refused beside another parameter is left out only beside that one', () => {
    const model = modelWith();
    const { transforms, refuse, told } = learner(model);
    const both = { temperature: 0.1, top_p: 0.9 };
    expect(refuse(refused({ name: 'temperature', combined: 'top_p' }), both)).toBe('resend');
    expect(transforms.of(model, factsOf({ temperature: 1, top_p: 0.5 }))?.drop).toEqual(['temperature']);
    expect(transforms.of(model, factsOf({ temperature: 0.1 }))).toBeUndefined();
    expect(transforms.learnt('mini')).toMatchObject([
      { limit: { kind: 'drop', parameter: 'temperature', beside: { parameter: 'top_p' } } },
    ]);
    expect(told).toEqual(['mini drop']);
  });

  test('a parameter refused beside a text value is left out beside that value only', () => {
    const model = modelWith();
    const { transforms, refuse } = learner(model);
    const effort = refused({ name: 'temperature', combined: 'reasoning_effort' });
    expect(refuse(effort, { temperature: 0.1, reasoning_effort: 'high' })).toBe('resend');
    expect(refuse(effort, { temperature: 0.1, reasoning_effort: 'low' })).toBe('resend');
    const dropped = (reasoning_effort: string) =>
      transforms.of(model, factsOf({ temperature: 0.1, reasoning_effort }))?.drop;
    expect([dropped('high'), dropped('low'), dropped('none')]).toEqual([['temperature'], ['temperature'], undefined]);
  });

  test.each([
    ['temperature', 'streaming'],
    ['stop', 'top_p'],
  ])(
    'a `%s` that is refused together with `%s` moves the request to another candidate if one of the two is needed or not in the request',
    (name, combined) => {
      const { refuse, told } = learner(modelWith());
      expect(refuse(refused({ name, combined }), { temperature: 1, stop: 'END', top_p: 1 })).toBe('unable');
      expect(told).toEqual([]);
    },
  );
});

describe('a parameter that the caller needs', () => {
  test('a refused parameter makes the model unable to take requests that have it, and no others', () => {
    const model = modelWith();
    const { transforms, refuse, told } = learner(model, modelWith({}, 'premium'));
    expect(transforms.unable(factsOf({ stop: ['END'] }))).toBeUndefined();
    expect(refuse(refused({ name: 'stop' }), { stop: ['END'] })).toBe('unable');
    expect(transforms.of(model, factsOf())?.drop).toEqual([]);
    const isUnable = (body: Readonly<Record<string, unknown>>, name = 'mini'): boolean | undefined =>
      transforms.unable(factsOf(body))?.(modelWith({}, name));
    expect(isUnable({ stop: ['END'] })).toBe(true);
    expect(isUnable({ stop: ['END'] }, 'premium')).toBe(false);
    expect(isUnable({})).toBe(false);
    expect(told).toEqual(['mini refuses']);
    expect(refuse(refused({ name: 'stop' }), { stop: ['END'] })).toBe('unable');
    expect(told).toEqual(['mini refuses']);
  });

  test('if the error names a value, only that value of the parameter counts as refused', () => {
    const model = modelWith();
    const { transforms, refuse } = learner(model);
    const minimal = { reasoning_effort: 'minimal' };
    expect(refuse(refused({ name: 'reasoning_effort', value: '"minimal"' }), minimal)).toBe('unable');
    expect(transforms.unable(factsOf(minimal))?.(model)).toBe(true);
    expect(transforms.unable(factsOf({ reasoning_effort: 'high' }))?.(model)).toBe(false);
  });

  test('if the error does not repeat the refused value, a text value counts as refused, and for a number the whole parameter', () => {
    const { transforms, refuse } = learner(modelWith());
    const [model, minimal] = [modelWith(), { reasoning_effort: 'minimal' }];
    expect(refuse(refused({ name: 'reasoning_effort', isValue: true }), minimal)).toBe('unable');
    expect(transforms.unable(factsOf({ reasoning_effort: 'high' }))?.(model)).toBe(false);
    expect(refuse(refused({ name: 'temperature', isValue: true }), { temperature: 0.2 })).toBe('resend');
    expect(transforms.of(model, factsOf())?.drop).toEqual(['temperature']);
  });

  test('the refusal of a parameter that the request does not have teaches nothing', () => {
    const { refuse, told } = learner(modelWith());
    expect(refuse(refused({ name: 'store' }), {})).toBeUndefined();
    expect(told).toEqual([]);
  });
});

describe('the limit on a reply’s length', () => {
  test('the limit is sent under its other name, and a model that refuses both names is unable', () => {
    const model = modelWith();
    const { transforms, refuse } = learner(model);
    const body = { max_tokens: 100 };
    expect(refuse(refused({ name: 'max_tokens' }), body)).toBe('resend');
    expect(transforms.of(model, factsOf())?.rename).toEqual({ max_tokens: 'max_completion_tokens' });
    expect(refuse(refused({ name: 'max_completion_tokens' }), body)).toBe('unable');
    expect(transforms.unable(factsOf(body))?.(model)).toBe(true);
  });

  test('the limit is lowered once, to the largest value that the model accepts', () => {
    const model = modelWith();
    const { transforms, refuse } = learner(model);
    const limit = refused({ name: 'max_tokens', max: 16_384 });
    expect(refuse(limit, { max_tokens: 32_000 })).toBe('resend');
    expect(transforms.of(model, factsOf())?.clamp).toEqual({ max_tokens: 16_384 });
    expect(refuse(limit, { max_tokens: 32_000 })).toBeUndefined();
    expect(refuse(refused({ name: 'max_tokens', max: 8_192 }), { max_tokens: 32_000 })).toBe('resend');
    expect(transforms.of(model, factsOf())?.clamp).toEqual({ max_tokens: 8_192 });
  });

  test('a limit on the number of choices is not lowered, because fewer choices would be a different answer', () => {
    const model = modelWith();
    const { refuse, transforms } = learner(model);
    expect(refuse(refused({ name: 'n', max: 1 }), { n: 4 })).toBe('unable');
    expect(transforms.unable(factsOf({ n: 4 }))?.(model)).toBe(true);
    expect(transforms.unable(factsOf({ n: 1 }))?.(model)).toBe(false);
  });

  test('the limit applies to the parameter that the request has, whichever name the error uses', () => {
    const model = modelWith({ transform: { rename: { max_tokens: 'max_completion_tokens' } } });
    const { refuse, transforms } = learner(model, modelWith({}, 'premium'));
    const limit = refused({ name: 'max_tokens', max: 100 });
    expect(refuse(limit, { max_tokens: 500 })).toBe('resend');
    expect(transforms.of(model, factsOf())?.clamp).toEqual({ max_completion_tokens: 100 });
    expect(refuse(limit, { max_completion_tokens: 500 }, modelWith({}, 'premium'))).toBe('resend');
    expect(refuse(limit, { max_output_tokens: 500 }, modelWith({}, 'third'))).toBe('resend');
    expect(refuse(limit, {}, modelWith({}, 'fourth'))).toBeUndefined();
    const [both, cold] = [modelWith({}, 'fifth'), modelWith({}, 'sixth')];
    const limits = { max_tokens: 500, max_completion_tokens: 500 };
    expect(refuse(refused({ name: 'max_completion_tokens', max: 100 }), limits, both)).toBe('resend');
    expect(transforms.of(both, factsOf())?.clamp).toEqual({ max_completion_tokens: 100 });
    // Only limits have several names; a preference such as the temperature has one.
    expect(refuse(refused({ name: 'temperature', max: 1 }), { ...limits, temperature: 2 }, cold)).toBe('resend');
    expect(transforms.of(cold, factsOf())?.clamp).toEqual({ temperature: 1 });
  });
});

test('one error may refuse several parameters, of which one that the caller needs decides', () => {
  const model = modelWith();
  const { transforms, refuse } = learner(model);
  const both = { temperature: 0, top_p: 1 };
  expect(refuse(refused({ name: 'temperature' }, { name: 'top_p' }), both)).toBe('resend');
  expect(transforms.of(model, factsOf())?.drop).toEqual(['temperature', 'top_p']);
  expect(refuse(refused({ name: 'seed' }, { name: 'stop' }), { seed: 1, stop: 'END' })).toBe('unable');
});

describe('a request that the model is unable to take', () => {
  test.each([
    ['images', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }] }],
    ['tools', { tools: [{}] }],
    ['streaming', { stream: true }],
  ] as const)('a refusal for lack of %s is learned for every such request', (lacks, body) => {
    const model = modelWith();
    const { transforms, refuse, told } = learner(model);
    expect(refuse({ about: 'unable', lacks }, body)).toBe('unable');
    expect(transforms.unable(factsOf(body))?.(model)).toBe(true);
    expect(transforms.unable(factsOf())?.(model)).toBe(false);
    expect(told).toEqual(['mini lacks']);
  });

  test('a refusal for the length is learned for requests of that length or more', () => {
    const model = modelWith();
    const { transforms, refuse } = learner(model);
    const body = { user: 'x'.repeat(1_000) };
    refuse({ about: 'unable', lacks: 'context' }, body);
    expect(transforms.unable(factsOf(body))?.(model)).toBe(true);
    expect(transforms.unable(factsOf({ user: 'x'.repeat(999) }))?.(model)).toBe(false);
  });

  test('a refusal for the content, or for lack of something that the request does not need, teaches nothing', () => {
    const { refuse, told } = learner(modelWith());
    expect(refuse({ about: 'unable', lacks: 'content-filter' })).toBe('unable');
    expect(refuse({ about: 'unable', lacks: 'images' })).toBe('unable');
    expect(told).toEqual([]);
  });
});

describe('a known context', () => {
  const short = modelWith({ contextTokens: 100 });
  const long = modelWith({ contextTokens: 1_000 }, 'premium');

  test('a model is excluded from texts that are longer than its context, four characters to a token', () => {
    const { transforms } = learner(short, long);
    const isUnable = (chars: number, model: ResolvedModel): boolean | undefined => {
      const rest = JSON.stringify({ model: 'feature:x', messages: [], user: '' }).length;
      return transforms.unable(factsOf({ user: 'x'.repeat(chars - rest) }))?.(model);
    };
    expect(isUnable(400, short)).toBeUndefined();
    expect(isUnable(401, short)).toBe(true);
    expect(isUnable(4_000, long)).toBe(false);
    expect(isUnable(4_001, long)).toBe(true);
  });

  test.each([['"\n'], ['\\'], ['\u0001']])('JSON escapes count as the characters that they encode: %j', text => {
    const { transforms } = learner(short);
    const isUnable = (chars: number): boolean | undefined => {
      const body = (content: string) => ({ messages: [{ role: 'user', content }] });
      const rest = JSON.stringify({ model: 'feature:x', ...body('') }).length;
      return transforms.unable(factsOf(body(text.repeat((chars - rest) / text.length))))?.(short);
    };
    expect(isUnable(400)).toBe(false);
    expect(isUnable(402)).toBe(true);
  });

  test('no model is excluded from a request with a picture: its characters are not its tokens', () => {
    const { transforms } = learner(short);
    const picture = { type: 'image_url', image_url: { url: `data:${'x'.repeat(1_000)}` } };
    const body = { messages: [{ role: 'user', content: [picture] }] };
    expect(transforms.unable(factsOf(body))?.(short)).toBe(false);
  });
});

test('the router forgets a learned limit after its time, and applies it to its own model only', () => {
  const model = modelWith();
  const { transforms, refuse, runtime } = learner(model);
  refuse(refused({ name: 'top_p' }), { top_p: 1 });
  expect(transforms.of(modelWith({}, 'premium'), factsOf())).toBeUndefined();
  runtime.advance(LEARNT_FOR_MS);
  expect(transforms.of(model, factsOf())).toBeUndefined();
});

test('a request that was sent before another one taught the same limit is sent again, without a second report', () => {
  const model = modelWith();
  const { transforms, told } = learner(model);
  const sent = { model, transform: transforms.of(model, factsOf()), request: { facts: factsOf({ top_p: 1 }) } };
  expect(transforms.learn(sent, refused({ name: 'top_p' }))).toBe('resend');
  expect(transforms.learn(sent, refused({ name: 'top_p' }))).toBe('resend');
  expect(told).toEqual(['mini drop']);
});

test('the router lists the limits that it has learned about a model, and since when', () => {
  const { transforms, refuse, runtime } = learner(modelWith());
  refuse(refused({ name: 'top_p' }), { top_p: 1 });
  expect(transforms.learnt('mini')).toMatchObject([{ limit: { kind: 'drop' }, sinceMs: runtime.nowMs() }]);
  expect(transforms.learnt('premium')).toEqual([]);
});
