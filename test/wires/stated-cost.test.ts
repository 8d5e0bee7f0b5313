import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nanoUsdOf, statedCost } from '../../src/wires/stated-cost.ts';

const whole = (nanoUsd: number) => ({ nanoUsd, isWhole: true });

describe('amounts', () => {
  test.each([
    [0.00031, 310_000],
    ['0.0045405', 4_540_500],
    [5e-10, 1],
    [4.9e-10, 0],
    [1.5e-9, 2],
    // A float's product with 10⁹ lies below the half.
    [7.5e-9, 8],
    [2.435e-7, 244],
    [0.1 + 0.2, 300_000_000],
    [1.0000000005, 1_000_000_001],
    [8.7417e-6, 8_742],
    ['1E-3', 1_000_000],
    [0, 0],
    [9_000_000, 9_000_000_000_000_000],
  ])('$%s is %s nano-dollars, rounded half up', (amount, nanoUsd) => {
    expect(nanoUsdOf(amount)).toBe(nanoUsd);
  });

  test('ticks are divided exactly', () => {
    expect([64_000_000, 158_500, 5, 4, 15].map(ticks => nanoUsdOf(ticks, 10))).toEqual([6_400_000, 15_850, 1, 0, 2]);
  });

  test.each([-1, Number.NaN, Infinity, 1e21, 9_000_001, '', '1,000', '$1', ' 1', null, undefined, true, {}, 1n])(
    '%s is not a valid cost of one call in dollars',
    amount => {
      expect(nanoUsdOf(amount)).toBeUndefined();
    },
  );

  test('whole nano-dollars keep their value in any notation', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 9_000_000_000_000_000n), nano => {
        const digits = nano.toString().padStart(10, '0');
        expect(nanoUsdOf(`${digits.slice(0, -9)}.${digits.slice(-9)}`)).toBe(Number(nano));
        expect(nanoUsdOf(`${nano}e-9`)).toBe(Number(nano));
      }),
    );
  });
});

describe('the cost of a reply', () => {
  test.each([
    ['OpenRouter', { cost: 0.00031, is_byok: false }, whole(310_000)],
    ['OpenRouter, as text', { cost: '0.0082' }, whole(8_200_000)],
    ['xAI', { cost_in_usd_ticks: 64_000_000 }, whole(6_400_000)],
    ['Perplexity', { cost: { request_cost: 0.005, total_cost: 0.00515 } }, whole(5_150_000)],
    ['a currency in small letters', { cost: { currency: 'usd', total_cost: 0.25 } }, whole(250_000_000)],
    ['Perplexity, agents', { cost: { currency: 'USD', total_cost: 0.25 } }, whole(250_000_000)],
    ['LiteLLM, of a model that it has no price for', { cost: 0 }, whole(0)],
    [
      'OpenRouter, before it named the key',
      { cost: 0.002, cost_details: { upstream_inference_cost: 0.002 } },
      whole(2_000_000),
    ],
    ['OpenRouter, free, before it named the key', { cost: 0, cost_details: {} }, whole(0)],
    ['DeepInfra', { estimated_cost: 0.00000494 }, whole(4_940)],
    ['a free model', { cost: 0, is_byok: false, cost_details: { upstream_inference_cost: 0 } }, whole(0)],
  ])('the cost that a reply states is read: %s', (_, usage, cost) => {
    expect(statedCost(usage)).toEqual(cost);
  });

  test.each([
    {},
    null,
    { cost: null },
    { cost: -1 },
    { cost: 'free' },
    { cost: {} },
    { cost: { total_cost: null } },
    { cost: { currency: 'EUR', total_cost: 1 } },
    { cost_in_usd_ticks: 0.5 },
    { cost_in_usd_ticks: -5, cost: 1 },
  ])('%j states no cost of the reply', usage => {
    const cost = statedCost(usage);
    expect(cost === undefined || cost.nanoUsd === 0).toBe(true);
  });

  test.each([
    [
      'both are stated',
      { cost: 0.00005, is_byok: true, cost_details: { upstream_inference_cost: 0.001 } },
      whole(1_050_000),
    ],
    [
      'the fee is waived',
      { cost: 0, is_byok: true, cost_details: { upstream_inference_cost: 0.036 } },
      whole(36_000_000),
    ],
    [
      'the gateway does not say whose key it was',
      { cost: 0.00005, cost_details: { upstream_inference_cost: 0.001 } },
      whole(1_050_000),
    ],
    ['the upstream cost is missing', { cost: 0.00005, is_byok: true }, { nanoUsd: 50_000, isWhole: false }],
    ['nothing is charged here', { cost: 0, is_byok: true, cost_details: null }, { nanoUsd: 0, isWhole: false }],
  ])(
    'with the caller’s own provider key, the whole cost is the fee and the upstream cost, where %s',
    (_, usage, cost) => {
      expect(statedCost(usage)).toEqual(cost);
    },
  );

  test('the price that the account pays counts, also if the upstream price is higher', () => {
    const usage = { cost: 0.0000087417, is_byok: false, cost_details: { upstream_inference_cost: 0.00000883 } };
    expect(statedCost(usage)).toEqual(whole(8_742));
  });

  test('a stated zero is not the whole cost if the same call has a price elsewhere', () => {
    const usage = { cost: 0, is_byok: false, cost_details: { upstream_inference_cost: 0.05 } };
    expect(statedCost(usage)).toEqual({ nanoUsd: 0, isWhole: false });
    expect(statedCost({}, { cost: '0', marketCost: '0.000012768' })).toEqual({ nanoUsd: 0, isWhole: false });
  });

  test('a gateway may state the cost in the metadata of the message', () => {
    expect(statedCost({}, { cost: '0.0045405', marketCost: '0.0045405' })).toEqual(whole(4_540_500));
    expect(statedCost({ cost: 1 }, { cost: '2' })).toEqual(whole(1_000_000_000));
  });
});

test('two amounts that differ do not count as the whole cost', () => {
  const wholes = [0.0064, 0.007, 'x'].map(cost => statedCost({ cost, cost_in_usd_ticks: 64_000_000 })?.isWhole);
  expect(wholes).toEqual([true, false, true]);
});
