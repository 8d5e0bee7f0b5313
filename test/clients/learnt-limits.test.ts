import { expect, test } from 'vitest';
import type { Limit } from '../../src/clients/learnt-limits.ts';
import { describeLimit, LEARNT_FOR_MS, learntLimits } from '../../src/clients/learnt-limits.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

const stop: Limit = { kind: 'refuses', parameter: 'stop' };

test('a limit applies to its own model, for an hour', () => {
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

test('a limit that is learnt again replaces the older one, and each value of a parameter is a limit of its own', () => {
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

test('the list of a model is the same object until something changes', () => {
  const limits = learntLimits(testRuntime());
  limits.learn('mini', stop);
  expect(limits.of('mini')).toBe(limits.of('mini'));
});

test.each<[Limit, string]>([
  [
    { kind: 'rename', parameter: 'max_tokens', to: 'max_completion_tokens' },
    '`max_tokens` is sent as `max_completion_tokens`',
  ],
  [{ kind: 'drop', parameter: 'seed' }, '`seed` is left out'],
  [{ kind: 'drop', parameter: 'service_tier', value: 'flex' }, '`service_tier: "flex"` is left out'],
  [
    { kind: 'drop', parameter: 'temperature', beside: { parameter: 'reasoning_effort', value: 'high' } },
    '`temperature` is left out of requests with `reasoning_effort: "high"`',
  ],
  [{ kind: 'clamp', parameter: 'max_tokens', max: 9 }, '`max_tokens` is sent as 9 at most'],
  [stop, 'requests with `stop` go to other candidates'],
  [{ kind: 'lacks', capability: 'images' }, 'requests that need images go to other candidates'],
  [{ kind: 'too-long', chars: 9 }, 'requests of 9 characters and more go to other candidates'],
])('a limit says in words what the router does: %j', (limit, words) => expect(describeLimit(limit)).toBe(words));
