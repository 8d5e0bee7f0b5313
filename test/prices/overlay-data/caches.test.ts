import { expect, test } from 'vitest';
import { modelIds } from '../../../src/prices/book.ts';
import { CACHES } from '../../../src/prices/overlay-data/caches.ts';

test('every entry has a public source, and fits a model that the price book has', () => {
  for (const { provider, models, source, asOf } of CACHES) {
    expect(source).toMatch(/^https:\/\//);
    expect(asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(modelIds(provider).some(id => models.test(id))).toBe(true);
  }
});
