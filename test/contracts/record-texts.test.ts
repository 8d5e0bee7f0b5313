import { expect, test } from 'vitest';
import { textsOf, withTexts } from '../../src/contracts/record-texts.ts';

async function* nothing() {}

test('the reader of record texts that is attached to a scan is also found in a copy of its view', () => {
  const texts = () => nothing();
  const view = { scan: withTexts(() => nothing(), texts) };
  expect(textsOf(view)).toBe(texts);
  expect(textsOf({ ...view })).toBe(texts);
});

test('a view whose scan was replaced has no reader of record texts, because it would read other records', () => {
  const view = {
    scan: withTexts(
      () => nothing(),
      () => nothing(),
    ),
  };
  expect(textsOf({ ...view, scan: () => nothing() })).toBeUndefined();
  expect(textsOf({ scan: withTexts(() => nothing(), undefined) })).toBeUndefined();
});
