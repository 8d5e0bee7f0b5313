import { expect, test } from 'vitest';
import { slotsIn } from '../../../src/replay/ledger/text-scan.ts';

function slotsOf(json: string) {
  // Between others, as in a page of texts.
  const bytes = new TextEncoder().encode(`}"${json}{"`);
  return slotsIn(bytes, 2, bytes.length - 2)?.map(({ from, to, member }) => [
    member,
    new TextDecoder().decode(bytes.subarray(from, to)),
  ]);
}

test('ids, times and amounts are slots at any position, and other members are not', () => {
  const json =
    '{"intentId":"i1","turn":2,"a\\"b":"c\\"d","attempt":{"costNanoUsd":70,"latencyMs":1.5,"model":"mini","replyKeys":["a","b"]}}';
  expect(slotsOf(json)).toEqual([
    ['intentId', 'i1'],
    ['costNanoUsd', '70'],
    ['latencyMs', '1.5'],
    ['replyKeys', 'a'],
    ['replyKeys', 'b'],
  ]);
});

test.each([
  '{"costNanoUsd":-1}',
  '{"intentId":"a b"}',
  '{"requestId":"a\\"b"}',
  '{"intentId":"a',
  `{"replyKeys":[${Array.from({ length: 257 }, () => '"a"').join()}]}`,
])('a text has no layout if a slot may contain something else: %s', json => {
  expect(slotsOf(json)).toBeUndefined();
});
