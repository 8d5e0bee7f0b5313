import { expect, test } from 'vitest';
import type { Limit } from '../../src/clients/learnt-limits.ts';
import { describeLimit, learntFault, limitNote } from '../../src/clients/limit-words.ts';

const stop: Limit = { kind: 'refuses', parameter: 'stop' };

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
])('the description of a limit says what the router does: %j', (limit, words) =>
  expect(describeLimit(limit)).toBe(words),
);

test('a note says since when a limit applies', () => {
  const learnt = { limit: stop, sinceMs: 0, untilElapsedMs: 1 };
  expect(limitNote('mini', learnt)).toBe(
    'mini: requests with `stop` go to other candidates, since it refused one at 1970-01-01T00:00:00.000Z',
  );
});

test('observers are notified of a learned limit, and of how to configure it', () => {
  const { where, error } = learntFault('mini', stop);
  expect([where, error]).toEqual(['wire', expect.objectContaining({ code: 'invalid-config', path: 'models.mini' })]);
  expect(String(error)).toContain('mini refused a request; for an hour, requests with `stop` go to other candidates');
});
