import { expect, test } from 'vitest';
import { METERS } from '../../../src/core/ledger/usage.ts';
import { NOT_RETRIEVED } from '../../../src/core/ledger/vocabulary.ts';
import { unpricedError } from '../../../src/engine/state/price-fault-words.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';

const messageOf = (part: string, model = 'mini'): string => unpricedError(model, part).message;

test('every fault says what to configure, or that only the provider’s bill has the cost', () => {
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

test('the rate that a fault asks for is an option of a price', () => {
  for (const meter of METERS) {
    const key = unpricedError('mini', meter).path?.split('.').at(-1) ?? '';
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2, [key]: 3 };
    expect(() => resolvePrice({ provider: 'other', model: 'm', price })).not.toThrow();
  }
});

test('a background response that was not retrieved yet is reported with what to do', () => {
  expect(unpricedError('mini', NOT_RETRIEVED)).toMatchObject({
    path: 'models.mini',
    accepted: 'its retrieval on the routed client',
  });
});
