import { describe, expect, test } from 'vitest';
import { GOLDEN } from './golden.ts';
import { eventsIn } from './rooms.ts';
import type { SentFormat } from './sent.ts';
import { bytesOf } from './sent.ts';
import { checkOrder, toldBy } from './told.ts';

const FORMATS: readonly SentFormat[] = [
  {},
  { lineEnd: '\r\n' },
  { lineEnd: '\r', hasMark: true },
  { hasMark: true, hasComments: true, isDense: true },
  { isSplit: true, lineEnd: '\r\n', hasComments: true },
];

describe.each(GOLDEN)('$api: $title', ({ api, sent, error, ...told }) => {
  const bytes = bytesOf(sent);
  const whole = eventsIn(api, bytes, bytes.length);

  test('the parts, the finish and the usage are those of the stream', () => {
    const { error: message, parts, ...rest } = toldBy(whole);
    expect(message ?? '').toContain(error ?? '');
    expect(message === undefined).toBe(error === undefined);
    const expected = { finish: told.finish, stopSequence: told.stopSequence, usage: told.usage };
    expect({ parts, finish: undefined, stopSequence: undefined, usage: undefined, ...rest }).toEqual({
      parts: told.parts,
      ...expected,
    });
    checkOrder(whole);
  });

  test('the events are the same for bytes in pieces of 1, 7 and 16,384, however they are formatted', () => {
    for (const format of FORMATS) {
      const formatted = bytesOf(sent, format);
      for (const size of [1, 7, 16_384]) expect(eventsIn(api, formatted, size)).toEqual(whole);
    }
  });
});
