import { expect, test } from 'vitest';
import { modelNamed } from '../../src/config/model-named.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';

const mini = { name: 'mini' } as ResolvedModel;
const config = { models: new Map([['mini', mini]]) };

test('a model is found by its name, and the error for any other name lists the models', () => {
  expect(modelNamed(config, 'mini')).toBe(mini);
  const wrong = expect.objectContaining({ code: 'unknown-model', path: 'model', accepted: ['mini'] });
  expect(() => modelNamed(config, 'minny')).toThrow(wrong);
});
