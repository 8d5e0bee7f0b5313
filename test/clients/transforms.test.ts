import { expect, test } from 'vitest';
import { learningTransforms } from '../../src/clients/transforms.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { RequestTransform } from '../../src/contracts/wire.ts';

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
  const transforms = learningTransforms((model, parameter) => warned.push(`${model} ${parameter}`));
  /** Learns from a request that was sent with the current transform. */
  const learn = (model: ResolvedModel, parameter: string): boolean =>
    transforms.learn(model, parameter, transforms.of(model));
  return { warned, transforms, learn };
}

test('a learnt change is added to the configured transform', () => {
  const { transforms, learn } = learner();
  const model = modelWith({ drop: ['seed'], clamp: { temperature: 1 } });
  expect(transforms.of(model)).toEqual({ drop: ['seed'], clamp: { temperature: 1 } });
  expect(learn(model, 'temperature')).toBe(true);
  expect(transforms.of(model)).toEqual({ drop: ['seed', 'temperature'], clamp: { temperature: 1 } });
});

test('a parameter with another name is renamed, and any other parameter is dropped', () => {
  const { transforms, learn } = learner();
  const model = modelWith();
  expect(transforms.of(model)).toBeUndefined();
  learn(model, 'max_tokens');
  learn(model, 'top_p');
  expect(transforms.of(model)).toEqual({ rename: { max_tokens: 'max_completion_tokens' }, drop: ['top_p'] });
});

test('a parameter is dropped when the model refuses both of its names', () => {
  const { transforms, learn } = learner();
  const model = modelWith();
  expect(learn(model, 'max_tokens')).toBe(true);
  expect(learn(model, 'max_completion_tokens')).toBe(true);
  expect(transforms.of(model)?.drop).toEqual(['max_completion_tokens']);
});

test('a known parameter is not learnt or reported again', () => {
  const { learn, warned } = learner();
  const model = modelWith({ drop: ['seed'] });
  expect(learn(model, 'seed')).toBe(false);
  expect(learn(model, 'top_p')).toBe(true);
  expect(learn(model, 'top_p')).toBe(false);
  expect(learn(model, 'max_tokens')).toBe(true);
  expect(learn(model, 'max_tokens')).toBe(false);
  expect(warned).toEqual(['mini top_p', 'mini max_tokens']);
});

test('a change learnt for one model does not apply to another', () => {
  const { transforms, learn } = learner();
  learn(modelWith(), 'top_p');
  expect(transforms.of(modelWith(undefined, 'premium'))).toBeUndefined();
});

test('a request that was sent before the transform changed is resent, without a second report', () => {
  const { transforms, warned } = learner();
  const model = modelWith();
  const sentAs = transforms.of(model);
  expect(transforms.learn(model, 'top_p', sentAs)).toBe(true);
  expect(transforms.learn(model, 'top_p', sentAs)).toBe(true);
  expect(transforms.of(model)).toEqual({ drop: ['top_p'] });
  expect(warned).toEqual(['mini top_p']);
});
