import { expect, test } from 'vitest';
import type { Limit } from '../../src/clients/learnt-limits.ts';
import { LEARNT_FOR_MS, learntLimits } from '../../src/clients/learnt-limits.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

const stop: Limit = { kind: 'refuses', parameter: 'stop' };

test('a limit applies to its own model only, for an hour', () => {
  const runtime = testRuntime();
  const limits = learntLimits(runtime);
  expect(limits.any()).toBe(false);
  limits.learn('mini', stop);
  expect(limits.any()).toBe(true);
  expect(limits.of('premium')).toEqual([]);
  runtime.advance(LEARNT_FOR_MS - 1);
  expect(limits.of('mini').map(({ limit }) => limit)).toEqual([stop]);
  runtime.advance(1);
  expect(limits.of('mini')).toEqual([]);
  expect(limits.any()).toBe(false);
});

test('a limit that is learned again replaces the older one, and each refused value of a parameter is a separate limit', () => {
  const limits = learntLimits(testRuntime());
  const learn = (...each: readonly Limit[]): readonly Limit[] => {
    for (const limit of each) limits.learn('mini', limit);
    return limits.of('mini').map(({ limit }) => limit);
  };
  learn({ kind: 'clamp', parameter: 'max_tokens', max: 16_384 }, { kind: 'too-long', chars: 900 });
  expect(learn({ kind: 'clamp', parameter: 'max_tokens', max: 8_192 }, { kind: 'too-long', chars: 800 })).toEqual([
    { kind: 'clamp', parameter: 'max_tokens', max: 8_192 },
    { kind: 'too-long', chars: 800 },
  ]);
  const two = learn(
    { kind: 'refuses', parameter: 'reasoning_effort', value: 'minimal' },
    { kind: 'refuses', parameter: 'reasoning_effort', value: 'none' },
    { kind: 'lacks', capability: 'images' },
    { kind: 'lacks', capability: 'files' },
  );
  expect(two).toHaveLength(6);
});

test('the list of a model’s limits is the same object until a limit is learned or expires', () => {
  const runtime = testRuntime();
  const limits = learntLimits(runtime);
  limits.learn('mini', stop);
  expect(limits.of('mini')).toBe(limits.of('mini'));
  runtime.advance(1_000);
  limits.learn('mini', { kind: 'lacks', capability: 'images' });
  runtime.advance(LEARNT_FOR_MS - 1_000);
  expect(limits.of('mini').map(({ limit }) => limit)).toEqual([{ kind: 'lacks', capability: 'images' }]);
  expect(limits.of('mini')).toBe(limits.of('mini'));
});
