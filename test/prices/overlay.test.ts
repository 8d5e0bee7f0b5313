import { describe, expect, test } from 'vitest';
import { lookUp } from '../../src/prices/book.ts';
import { erasOfOverlay, MODEL_OVERLAY, overlayModel, TIER_OVERLAY, withTiers } from '../../src/prices/overlay.ts';
import { schedulePrice } from '../../src/prices/schedule.ts';

describe('every entry', () => {
  test.each([...MODEL_OVERLAY, ...TIER_OVERLAY])(
    'the overlay entry for $provider $model$models has a public source and a date',
    entry => {
      expect(entry.source).toMatch(/^https:\/\/((developers\.)?openai\.com|platform\.claude\.com)\//);
      expect(Date.parse(entry.asOf)).toBeGreaterThan(Date.parse('2026-01-01'));
    },
  );

  test.each(MODEL_OVERLAY)('the book still lacks $model or confuses it with another', ({ provider, model }) => {
    expect(['unknown-model', 'other-model']).toContain(lookUp(provider, model).kind);
  });

  test.each(TIER_OVERLAY.filter(entry => entry.models !== 'all'))(
    'the overlay or the book has every model of a tier entry: $models',
    entry => {
      for (const model of entry.models) {
        expect(overlayModel(entry.provider, model) ?? lookUp(entry.provider, model)).toMatchObject({
          provider: entry.provider,
        });
        expect(
          overlayModel(entry.provider, model) !== undefined || lookUp(entry.provider, model).kind === 'found',
        ).toBe(true);
      }
    },
  );
});

describe('look-up', () => {
  test('the name of a dated snapshot finds its model; a longer name does not', () => {
    expect(overlayModel('openai', 'gpt-6.1-sol-2026-09-29')?.model).toBe('gpt-6.1-sol');
    expect(overlayModel('openai', 'gpt-6.1-sol-mini')).toBeUndefined();
    expect(overlayModel('anthropic', 'gpt-6.1-sol')).toBeUndefined();
  });

  test('the tiers of a model come from all its overlay entries', () => {
    const [overlay] = MODEL_OVERLAY;
    if (overlay === undefined) throw new Error('no overlay');
    const price = schedulePrice(
      'overlay',
      erasOfOverlay(overlay).map(era => withTiers(era, 'openai', 'gpt-6.1-sol')),
    );
    const tiers = (['batch', 'flex', 'priority'] as const).map(tier => price.cost({ output: 1 }, 0, { tier }));
    expect(tiers).toEqual([5_000, 5_000, 20_000]);
  });

  test('the prices of a provider without overlay entries stay unchanged', () => {
    const known = lookUp('groq', 'llama-3.3-70b-versatile');
    if (known.kind !== 'found') throw new Error('not found');
    const [era] = known.eras;
    if (era === undefined) throw new Error('no era');
    expect(withTiers(era, 'groq', 'llama-3.3-70b-versatile')).toBe(era);
  });
});
