import { expect, test } from 'vitest';
import { paramsText } from '../../../src/core/ledger/params-text.ts';

test('parameters are named in one order, whatever order they are written in', () => {
  expect(paramsText({ temperature: 0.2, effort: 'low' } as object)).toBe('effort=low,temperature=0.2');
  expect(paramsText({ effort: 'low', temperature: 0.2, serviceTier: undefined } as object)).toBe(
    'effort=low,temperature=0.2',
  );
  expect(paramsText({})).toBe('');
  expect(paramsText()).toBe('');
});

test('the text shows only a checksum of a text or an object in the body, and equal values have equal ones', () => {
  const text = paramsText({
    body: { top_p: 0.9, safe: true, key: 'sk-secret', provider: { a: 1, b: [{ c: 1, d: 2 }] } },
  });
  expect(text).toMatch(/^body\.key=[\da-f]{1,8},body\.provider=[\da-f]{1,8},body\.safe=true,body\.top_p=0\.9$/);
  expect(paramsText({ body: { provider: { b: [{ d: 2, c: 1 }], a: 1 } } })).toBe(
    paramsText({ body: { provider: { a: 1, b: [{ c: 1, d: 2 }] } } }),
  );
  expect(paramsText({ body: { provider: { a: 1 } } })).not.toBe(paramsText({ body: { provider: { a: 2 } } }));
});

test('the text is safe inside a version: no white space, no special characters, and a limited length', () => {
  expect(paramsText({ body: { 'a b@c+d': 1 } })).toBe('body.a_b_c_d=1');
  const long = (n: number): string =>
    paramsText({ body: Object.fromEntries(Array.from({ length: n }, (_, i) => [`x${i}`, 1])) });
  expect(long(99).length).toBeLessThanOrEqual(100);
  expect(long(99)).not.toBe(long(98));
});
