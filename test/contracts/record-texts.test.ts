import { expect, test } from 'vitest';
import { textsOf, withTexts } from '../../src/contracts/record-texts.ts';

async function* nothing() {}

test('a scan has the texts that it was given, and a copy of its view has them too', () => {
  const texts = () => nothing();
  const view = { scan: withTexts(() => nothing(), texts) };
  expect(textsOf(view)).toBe(texts);
  expect(textsOf({ ...view })).toBe(texts);
});

test('a view with a replaced scan has no texts, because they would be of other records', () => {
  const view = {
    scan: withTexts(
      () => nothing(),
      () => nothing(),
    ),
  };
  expect(textsOf({ ...view, scan: () => nothing() })).toBeUndefined();
  expect(textsOf({ scan: withTexts(() => nothing(), undefined) })).toBeUndefined();
});
