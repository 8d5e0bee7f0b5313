import { expect, test } from 'vitest';
import { codeShares } from '../../../src/core/beliefs/code-traffic.ts';
import { codedSegment } from '../../../src/core/ledger/number-code.ts';

const requests = (segment: string, count: number) => ({ code: codedSegment(segment), requests: count });
const sharesOf = codeShares([
  requests('plan=free,x=16:0', 10),
  requests('plan=free,x=16:0', 20),
  requests('plan=free,x=16:f', 10),
  requests('plan=free', 500),
  requests('plan=paid,x=16:f', 40),
]);
const shares = (segment: string): readonly number[] => sharesOf(codedSegment(segment)).map(({ share }) => share);

test('a request without a code is as those with one, in proportion, in the same rest of the name', () => {
  expect(shares('plan=free')).toEqual([0.75, 0.25]);
  expect(shares('plan=paid')).toEqual([1]);
});

test('where the rest of the name has none with a code, those of the whole feature count', () => {
  expect(shares('plan=new')).toEqual([0.375, 0.625]);
});

test('a request with a code is nothing else', () => {
  expect(sharesOf(codedSegment('x=16:3'))).toEqual([{ code: codedSegment('x=16:3'), share: 1 }]);
});
