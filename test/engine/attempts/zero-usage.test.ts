import { expect, test } from 'vitest';
import type { Answer } from '../../../src/engine/attempts/exchange.ts';
import { withoutZeroUsage, ZERO_USAGE } from '../../../src/engine/attempts/zero-usage.ts';
import type { Usage } from '../../../src/core/ledger/usage.ts';

const answer = (usage: Usage, more: Partial<Answer> = {}): Answer => ({
  finish: 'stop',
  text: '',
  hasToolCalls: false,
  usage,
  provenance: 'reported',
  ...more,
});
const written = { requestChars: 400, replyChars: 40 };

test.each<[Usage, Usage]>([
  [
    { input: 0, output: 0 },
    { input: 100, output: 10 },
  ],
  [{}, { input: 100, output: 10 }],
  [
    { input: 7, output: 0 },
    { input: 7, output: 10 },
  ],
  [
    { input: 0, output: 7 },
    { input: 100, output: 7 },
  ],
  [
    { input: 0, cacheRead: 7, output: 0, webSearch: 1 },
    { input: 0, cacheRead: 7, output: 10, webSearch: 1 },
  ],
])(
  'beside a written reply, a usage of %j is not free: it counts as %j, and is marked as an estimate',
  (usage, expected) => {
    expect(withoutZeroUsage(answer(usage), written)).toMatchObject({ usage: expected, unpriced: [ZERO_USAGE] });
  },
);

test('a usage without zeros, and one of a reply without any output, are kept as they are', () => {
  for (const usage of [
    { input: 1, output: 1 },
    { cacheRead: 1, output: 1 },
    { input: 1, outputAudio: 1 },
    { input: 1, outputImage: 1 },
  ]) {
    const kept = answer(usage);
    expect(withoutZeroUsage(kept, written)).toBe(kept);
  }
  const free = answer({ input: 0, output: 0 }, { finish: 'refusal' });
  expect(withoutZeroUsage(free, { requestChars: 400, replyChars: 0 })).toBe(free);
});

test('a call of a tool or an image is written output, although it has no characters', () => {
  for (const more of [{ hasToolCalls: true }, { hasOtherOutput: true }])
    expect(withoutZeroUsage(answer({ input: 7, output: 0 }, more), { ...written, replyChars: 0 }).unpriced).toEqual([
      ZERO_USAGE,
    ]);
});

test('an estimated count is a separate call beside the calls of the reply', () => {
  const calls = [{ model: 'm', usage: { input: 7 } }];
  expect(withoutZeroUsage(answer({ input: 7 }, { calls, unpriced: ['a'] }), written)).toMatchObject({
    calls: [...calls, { usage: { input: 0, output: 10 } }],
    unpriced: ['a', ZERO_USAGE],
  });
});
