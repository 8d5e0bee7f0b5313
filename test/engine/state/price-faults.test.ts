import { expect, test } from 'vitest';
import type { Fault } from '../../../src/contracts/observer.ts';
import { METERS } from '../../../src/core/ledger/usage.ts';
import { NOT_RETRIEVED } from '../../../src/core/ledger/vocabulary.ts';
import { RouterError } from '../../../src/errors.ts';
import { priceFaults } from '../../../src/engine/state/price-faults.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';

const WHERE = { model: 'mini', feature: 'f', intentId: 'i1' };

function telling() {
  const faults: Fault[] = [];
  return { tell: priceFaults(fault => void faults.push(fault)), faults };
}

function errorOf([fault]: readonly Fault[]): RouterError {
  return fault?.error as RouterError;
}

function messageOf(part: string, model = 'mini'): string {
  const { tell, faults } = telling();
  tell([part], { ...WHERE, model });
  return errorOf(faults).message;
}

test('a thing without a price is told once per model, with the feature and the intent of its first call', () => {
  const { tell, faults } = telling();
  tell(['tier "ultrafast"', 'webSearch'], WHERE);
  tell(['webSearch', 'tier "ultrafast"'], { ...WHERE, feature: 'g', intentId: 'i2' });
  tell(['tier "scale"'], WHERE);
  tell(['webSearch'], { ...WHERE, model: 'premium' });
  expect(faults.map(({ error }) => RouterError.isInstance(error) && error.path)).toEqual([
    'models.mini.price.tiers.ultrafast',
    'models.mini.price.webSearchUsdPerThousand',
    'models.mini.price.tiers.scale',
    'models.premium.price.webSearchUsdPerThousand',
  ]);
  expect(faults[0]).toMatchObject({ where: 'price', feature: 'f', intentId: 'i1', error: { code: 'unknown-price' } });
});

test('a redirect is told once, whether a reply names the model or a snapshot of it', () => {
  const { tell, faults } = telling();
  for (const name of ['gpt-5', 'gpt-5-2025-08-07', 'gpt-5-2025-11-13', 'gpt-5-mini']) tell([`model "${name}"`], WHERE);
  expect(faults.map(({ error }) => (error as Error).message)).toEqual([
    expect.stringContaining('"gpt-5"'),
    expect.stringContaining('"gpt-5-mini"'),
  ]);
});

test('the memory of what was told is bounded', () => {
  const { tell, faults } = telling();
  for (let i = 0; i < 3_000; i++) tell([`model "m${i}"`], WHERE);
  expect(faults).toHaveLength(3_000);
  tell(['model "m2999"'], WHERE);
  expect(faults).toHaveLength(3_000);
  tell(['model "m0"'], WHERE);
  expect(faults).toHaveLength(3_001);
});

test('every fault says what to configure, or that only the bill knows', () => {
  expect(messageOf('speed "turbo"')).toBe(
    'models.mini.price.speeds.turbo: no price for speed "turbo" (accepted: the multiplier in its price list, such as 1.5)',
  );
  expect(messageOf('region "eu west"', 'my model')).toContain('models["my model"].price.regions["eu west"]: no price');
  expect(messageOf('model "gpt-5-pro"')).toBe(
    'models.mini.servedAs: the provider served another model, "gpt-5-pro" (accepted: servedAs: ["gpt-5-pro"] if that is ' +
      'its name for this model)',
  );
  expect(messageOf('run().usage.input')).toBe(
    'run().usage.input: not a count: it is left out (accepted: a whole number from 0)',
  );
  expect(messageOf('run().usage.inpt')).toContain('run().usage.inpt: no meter has that name, did you mean "input"?');
  expect(messageOf('run().costUSD')).toContain('run().costUSD: no option has that name, did you mean "costUsd"?');
  expect(messageOf('run().costUsd')).toBe(
    'run().costUsd: not an amount: the cost is estimated (accepted: USD from 0 to 9000000)',
  );
  expect(messageOf('run().usage')).toBe(
    'run().usage: no usage and no cost: it is estimated (accepted: { value, usage } or { value, costUsd })',
  );
  expect(messageOf('a time before 2031-01-01')).toBe(
    'models.mini.price: no price for a time before 2031-01-01 (accepted: a dated list whose first entry has no `from`, or an ' +
      'earlier one)',
  );
  expect(messageOf('stated cost')).toContain('the reply does not state its whole cost (accepted: rates');
  for (const part of ['input (too much)', 'speed "fast" with tier "flex"'])
    expect(messageOf(part)).toContain(`models.mini.price: no price for ${part} (accepted: nothing: apply`);
  expect(messageOf('usage.video_tokens')).toBe(
    "models.mini.price: no price for usage.video_tokens (accepted: nothing: apply the provider's bill with " +
      '`outcome-router reconcile`)',
  );
});

test('the rate that a fault asks for is one that a price has', () => {
  for (const meter of METERS) {
    const { tell, faults } = telling();
    tell([meter], WHERE);
    const key = errorOf(faults).path?.split('.').at(-1) ?? '';
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2, [key]: 3 };
    expect(() => resolvePrice({ provider: 'other', model: 'm', price })).not.toThrow();
  }
});

test('a background response that was not retrieved yet is told with what to do', () => {
  const { tell, faults } = telling();
  tell([NOT_RETRIEVED], WHERE);
  expect(errorOf(faults)).toMatchObject({ path: 'models.mini', accepted: 'its retrieval on the routed client' });
});
