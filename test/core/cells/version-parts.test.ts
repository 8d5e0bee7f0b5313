import { describe, expect, test } from 'vitest';
import { isSamePrice, typicalUsdOf, versionOf, versionParts } from '../../../src/core/cells/version-parts.ts';

describe('the parts of a version', () => {
  test('a version names the model, the price with the cost of a typical request, and the prompt', () => {
    expect(versionOf('gpt-5-mini', { priceId: '1f0c', typicalUsd: 0.00085, prompt: 'v2' })).toBe(
      'gpt-5-mini@1f0c$0.00085+v2',
    );
    expect(versionOf('gpt-5-mini', { priceId: 'reported', typicalUsd: 0 })).toBe('gpt-5-mini@reported');
  });

  test('the model and the prompt of a version form its quality, whatever characters they have, and the rest is its price', () => {
    for (const model of ['gpt-5-mini', 'claude-opus-4-5@20251101', 'ft:gpt-4o:org::id', 'a+b']) {
      for (const prompt of [undefined, 'v2', 'p@1f0c', 'a+b', '$1']) {
        for (const typicalUsd of [0, 8e-7, 0.00085, 1200]) {
          for (const priceId of ['1f0c3a2b', 'reported', 'reported-1f0c3a2b']) {
            const version = versionOf(model, { priceId, typicalUsd, ...(prompt === undefined ? {} : { prompt }) });
            const parts = versionParts(version);
            expect(parts.quality, version).toBe(prompt === undefined ? model : `${model}+${prompt}`);
            expect(parts.price).toBe(typicalUsd > 0 ? `${priceId}$${typicalUsd}` : priceId);
            expect(typicalUsdOf(parts.price)).toBe(typicalUsd > 0 ? typicalUsd : undefined);
          }
        }
      }
    }
  });

  test('versions of earlier ledgers have no typical cost, and those of other sources may have no price', () => {
    expect(versionParts('gpt-5-mini@1f0c3a2b+v2')).toEqual({ quality: 'gpt-5-mini+v2', price: '1f0c3a2b' });
    expect(versionParts('served by gpt-5-pro for gpt-5-mini@1f0c')).toEqual({
      quality: 'served by gpt-5-pro for gpt-5-mini',
      price: '1f0c',
    });
    for (const version of ['', 'v1', 'gpt-5-mini+v2'])
      expect(versionParts(version)).toEqual({ quality: version, price: '' });
  });
});

test('two prices are the same unless their rates differ, or the typical costs that both name', () => {
  expect(isSamePrice('1f0c$0.5', '1f0c$0.5')).toBe(true);
  expect(isSamePrice('1f0c', '1f0c$0.5')).toBe(true);
  expect(isSamePrice('1f0c$0.5', '1f0c')).toBe(true);
  // By day and by night.
  expect(isSamePrice('1f0c$0.5', '1f0c$0.25')).toBe(false);
  expect(isSamePrice('1f0c$0.5', '9a9a$0.5')).toBe(false);
  expect(isSamePrice('', '')).toBe(true);
});
