import { expect, test } from 'vitest';
import { costsOf } from '../../../src/core/calculator/calculator.ts';
import type { Claim } from '../../../src/core/calculator/presets.ts';
import { PRESET_NAMES, preset } from '../../../src/core/calculator/presets.ts';
import type { Loose } from '../../support/refusal.ts';
import { refusal } from '../../support/refusal.ts';

const by = (claims: readonly Claim[], verdict: Claim['verdict']) =>
  claims
    .filter(claim => claim.verdict === verdict)
    .map(({ label: what, published, calculated }) => [what, published, calculated]);

test('the tables of the article are reproduced to the cent', () => {
  expect(by(preset('article').claims, 'holds')).toEqual([
    ['failure cost', '$15.00', '$15.00'],
    ['tokens, relative to mini', '7.4×', '7.4×'],
    ['cost per intent, mini', '$4.50', '$4.50'],
    ['cost per intent, reasoning', '$0.76', '$0.76'],
    ['cost per intent saved', '83 %', '83 %'],
    ['cost per success, mini', '$6.43', '$6.43'],
    ['cost per success, reasoning', '$0.80', '$0.80'],
    ['three turns, relative to one', '2.7×', '2.7×'],
    ['five turns, relative to one', '6×', '6×'],
  ]);
});

test('the article preset marks the summary and the intervals as wrong, and gives the right figures', () => {
  const { claims } = preset('article');
  expect(by(claims, 'does not hold')).toEqual([
    ['"cost per success" in the summary', '$0.76', '$0.80'],
    ['interval at 100 sessions', '±$0.05', '±$0.64'],
    ['interval at 50 sessions', '±$0.20', '±$0.91'],
  ]);
  expect(claims.map(claim => claim.note)).toContain('±$0.05 needs 16,423 labelled sessions');
  expect(claims.map(claim => claim.note)).toContain('±$0.20 needs 1,027 labelled sessions');
});

test('the invoice tables are reproduced, with the "before" total and the saving marked as resting on an assumption', () => {
  const { claims } = preset('invoice');
  expect(by(claims, 'holds')).toHaveLength(4);
  expect(by(claims, 'assumed')).toEqual([
    ['total, before', '$0.31', '$0.31'],
    ['saved', '74 %', '74 %'],
  ]);
  expect(by(claims, 'does not hold')).toEqual([]);
});

test('the large model of the invoice preset costs $0.036 + $0.0036 + $0.04 + $0.001 a page', () => {
  const { first, second } = preset('invoice');
  expect(costsOf(second.setUp).costPerIntentUsd).toBeCloseTo(0.0806, 10);
  expect(costsOf(first.setUp).costPerIntentUsd).toBeCloseTo(0.309, 10);
});

test('every preset name returns a preset', () => {
  expect(PRESET_NAMES.map(name => preset(name).title)).toHaveLength(2);
});

test('a misspelled preset is refused with the nearest one', () => {
  const { code, path, message } = refusal(() => (preset as Loose)('artcle'));
  expect([code, path]).toEqual(['invalid-name', 'preset']);
  expect(message).toContain('did you mean "article"?');
});
