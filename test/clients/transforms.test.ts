import { expect, test } from 'vitest';
import { learningTransforms } from '../../src/clients/transforms.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { RequestTransform } from '../../src/wires/wire.ts';

function modelWith(transform?: RequestTransform, name = 'mini'): ResolvedModel {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const model = {
    provider: 'openai',
    model: 'mini-1',
    price,
    ...(transform === undefined ? {} : { transform }),
  } as const;
  const { models } = resolveConfig({ models: { [name]: model }, features: {} }, { policy: fixed(name) });
  return models.get(name) as ResolvedModel;
}

function learner() {
  const warned: string[] = [];
  return { warned, transforms: learningTransforms((model, parameter) => warned.push(`${model} ${parameter}`)) };
}

test('what is configured holds until something is learnt, and then as well', () => {
  const { transforms } = learner();
  const model = modelWith({ drop: ['seed'], clamp: { temperature: 1 } });
  expect(transforms.of(model)).toEqual({ drop: ['seed'], clamp: { temperature: 1 } });
  expect(transforms.learn(model, 'temperature')).toBe(true);
  expect(transforms.of(model)).toEqual({ drop: ['seed', 'temperature'], clamp: { temperature: 1 } });
});

test('a parameter with a newer or older name is renamed, any other left out', () => {
  const { transforms } = learner();
  const model = modelWith();
  expect(transforms.of(model)).toBeUndefined();
  transforms.learn(model, 'max_tokens');
  transforms.learn(model, 'top_p');
  expect(transforms.of(model)).toEqual({ rename: { max_tokens: 'max_completion_tokens' }, drop: ['top_p'] });
});

test('a model that takes neither name goes without', () => {
  const { transforms } = learner();
  const model = modelWith();
  expect(transforms.learn(model, 'max_tokens')).toBe(true);
  expect(transforms.learn(model, 'max_completion_tokens')).toBe(true);
  expect(transforms.of(model)?.drop).toEqual(['max_completion_tokens']);
});

test('what is known is not learnt, and nobody told of it, again', () => {
  const { transforms, warned } = learner();
  const model = modelWith({ drop: ['seed'] });
  expect(transforms.learn(model, 'seed')).toBe(false);
  expect(transforms.learn(model, 'top_p')).toBe(true);
  expect(transforms.learn(model, 'top_p')).toBe(false);
  expect(transforms.learn(model, 'max_tokens')).toBe(true);
  expect(transforms.learn(model, 'max_tokens')).toBe(false);
  expect(warned).toEqual(['mini top_p', 'mini max_tokens']);
});

test('each model learns for itself', () => {
  const { transforms } = learner();
  transforms.learn(modelWith(), 'top_p');
  expect(transforms.of(modelWith(undefined, 'premium'))).toBeUndefined();
});
