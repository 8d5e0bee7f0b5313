import { expect, test } from 'vitest';
import { isSlot, textScan } from '../../../src/replay/ledger/text-scan.ts';

function scanned(json: string) {
  const scan = textScan();
  // Between others, as in a page of texts.
  const bytes = new TextEncoder().encode(`}"${json}{"`);
  if (!scan.read(bytes, 2, bytes.length - 2)) return undefined;
  const slots = Array.from({ length: scan.count }, (_, i) => [
    new TextDecoder().decode(bytes.subarray(scan.from[i], scan.to[i])),
    scan.value[i],
  ]);
  return { slots, print: [scan.first, scan.second, scan.literals] };
}

test('ids, times and amounts are slots at any position, and other members are not', () => {
  const json =
    '{"intentId":"i1","turn":2,"attempt":{"costNanoUsd":70,"latencyMs":1.5,"model":"mini","replyKeys":["a","b"]}}';
  expect(scanned(json)?.slots).toEqual([
    ['i1', Number.NaN],
    ['70', 70],
    ['1.5', Number.NaN],
    ['a', Number.NaN],
    ['b', Number.NaN],
  ]);
  expect([isSlot('costNanoUsd', 5), isSlot('costNanoUsd', '5'), isSlot('reason', 'x'), isSlot('turn', 2)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('texts that differ only in their slots have the same fingerprint, and any other difference gives another one', () => {
  const json = '{"intentId":"i1","turn":2,"costNanoUsd":70,"ok":true,"model":"a\\"b"}';
  const print = scanned(json)?.print;
  expect(scanned(json.replace('i1', 'another').replace('70', '123456'))?.print).toEqual(print);
  const others = [
    json.replace('2', '3'),
    json.replace('true', 'null'),
    json.replace('a\\"b', 'b\\"a'),
    json.replace('model', 'modes'),
    json.replace('"ok":true,', ''),
    `${json} `,
    json.replace('"turn":2,"costNanoUsd":70', '"costNanoUsd":70,"turn":2'),
  ];
  for (const other of others) expect(scanned(other)?.print, other).not.toEqual(print);
});

test.each([
  '{"costNanoUsd":-1}',
  '{"costNanoUsd":01}',
  '{"costNanoUsd":1.5}',
  '{"costNanoUsd":1e3}',
  '{"costNanoUsd":1234567890123456}',
  '{"latencyMs":1.}',
  '{"latencyMs":1E3}',
  '{"intentId":""}',
  '{"intentId":"a b"}',
  '{"intentId":"a#b"}',
  '{"requestId":"é"}',
  '{"requestId":"a\\"b"}',
  '{"requestId":"a\tb"}',
  `{"reason":"${'x'.repeat(513)}"}`,
  '{"intentId":"a',
  `{"replyKeys":[${Array.from({ length: 257 }, () => '"a"').join()}]}`,
])('a text is not read by its layout if a slot may contain something else: %s', json => {
  expect(scanned(json)).toBeUndefined();
});
