import { describe, expect, test } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import type { SelfHostedPrice } from '../../src/contracts/price-config.ts';
import { selfHostedPrice } from '../../src/prices/self-hosted.ts';

const price = (config: SelfHostedPrice) => selfHostedPrice(config, 'models.local.price');

describe('by latency', () => {
  test('a GPU at $3.60 an hour costs $0.001 a second, divided by the requests it serves at once', () => {
    expect(price({ gpuHourUsd: 3.6 }).cost({}, 0, undefined, 1_500)).toBe(1_500_000);
    expect(price({ gpuHourUsd: 3.6, concurrency: 10 }).cost({}, 0, undefined, 1_500)).toBe(150_000);
  });

  test('idle hours are paid too: at 50 % utilization a request costs twice as much', () => {
    expect(price({ gpuHourUsd: 3.6, utilisation: 0.5 }).cost({}, 0, undefined, 1_000)).toBe(2_000_000);
  });

  test('the GPU time of a call is one price line with its rate per millisecond', () => {
    expect(price({ gpuHourUsd: 2, concurrency: 16 }).lines({ input: 5 }, 0, undefined, 2_000)).toEqual([
      { meter: 'gpuMs', quantity: 2_000, rate: 34_722, costNanoUsd: 69_444 },
    ]);
  });

  test.each([undefined, 0, -5, Number.NaN, Infinity])('a latency of %s costs nothing and has no line', latencyMs => {
    expect(price({ gpuHourUsd: 2 }).cost({ input: 10 }, 0, undefined, latencyMs)).toBe(0);
    expect(price({ gpuHourUsd: 2 }).lines({ input: 10 }, 0, undefined, latencyMs)).toEqual([]);
  });

  test('a latency is counted in whole milliseconds, rounded', () => {
    const quantities = [0.4, 0.5, 1_499.5].map(
      latencyMs => price({ gpuHourUsd: 2 }).lines({}, 0, undefined, latencyMs)[0]?.quantity,
    );
    expect(quantities).toEqual([undefined, 1, 1_500]);
  });

  test('the id depends on the rate alone, and there are no rates per token', () => {
    expect(price({ gpuHourUsd: 2 }).idAt(0)).toBe(price({ gpuHourUsd: 4, concurrency: 2 }).idAt(9));
    expect(price({ gpuHourUsd: 2 }).idAt(0)).toBe(price({ gpuHourUsd: 2 }).id);
    expect(price({ gpuHourUsd: 2 }).id).not.toBe(price({ gpuHourUsd: 3 }).id);
    expect(price({ gpuHourUsd: 2 }).ratesAt(0)).toEqual([]);
    expect(price({ gpuHourUsd: 2 }).unpriced({ input: 1, webSearch: 2 }, 0)).toEqual(['webSearch']);
    expect(price({ gpuHourUsd: 2 }).unpriced({ input: 1, webSearch: 0 }, 0)).toEqual([]);
    expect(price({ gpuHourUsd: 2 }).unpriced({ input: 1 }, 0)).toEqual([]);
  });
});

describe('usage that GPU hours do not cover', () => {
  const local = price({ gpuHourUsd: 2 });

  test('searches, containers, requests and images of another model are reported as unpriced', () => {
    const usage = {
      input: 5,
      output: 5,
      outputAudio: 5,
      webSearch: 1,
      fileSearch: 1,
      codeSession: 1,
      imageGenOutput: 9,
    };
    expect(local.unpriced(usage, 0)).toEqual(['imageGenOutput', 'webSearch', 'fileSearch', 'codeSession']);
  });

  test('an error names a latency that is not a number', () => {
    for (const latencyMs of [Number.NaN, -5, Infinity])
      expect(local.unpriced({}, 0, undefined, latencyMs)).toEqual(['gpuMs (not a count)']);
    for (const latencyMs of [undefined, 0, 0.4, 700]) expect(local.unpriced({}, 0, undefined, latencyMs)).toEqual([]);
  });

  test('a latency whose cost exceeds the limit of one ledger amount is not billed, but reported', () => {
    const perMs = price({ gpuHourUsd: 3.6e9 });
    expect([perMs.cost({}, 0, undefined, 9_000), perMs.cost({}, 0, undefined, 9_001)]).toEqual([9_000_000 * 1e9, 0]);
    for (const latencyMs of [1e300, Number.MAX_SAFE_INTEGER, 1.7e13]) {
      expect([local.cost({}, 0, undefined, latencyMs), local.lines({}, 0, undefined, latencyMs)]).toEqual([0, []]);
      expect(local.unpriced({}, 0, undefined, latencyMs)).toEqual(['gpuMs (too much)']);
    }
  });
});

describe('by throughput', () => {
  test('service terms in replies do not change the price of your own server', () => {
    const local = price({ gpuHourUsd: 3.6, tokensPerSecond: 1_000 });
    const terms = { tier: 'ultrafast', speed: 'fast', region: 'us' };
    expect([local.cost({ input: 5 }, 0, terms), local.unpriced({ input: 5 }, 0, terms)]).toEqual([5_000, []]);
    const line = { meter: 'input', quantity: 5, rate: 1_000_000, costNanoUsd: 5_000 };
    expect(local.lines({ input: 5 }, 0, terms)).toEqual([line]);
    expect(local.ratesAt(0, terms)).toEqual(local.ratesAt(0));
  });

  test('every token of a GPU at $3.60 an hour and 1,000 tokens a second costs $1 per million', () => {
    const local = price({ gpuHourUsd: 3.6, tokensPerSecond: 1_000 });
    expect(local.cost({ input: 1_000, output: 300, cacheRead: 100, outputAudio: 1 }, 0)).toBe(1_401_000);
    expect(local.cost({ input: 1_000 }, 0, { tier: 'priority' }, 99)).toBe(1_000_000);
    expect(local.unpriced({ input: 1, outputAudio: 1 }, 0, { tier: 'flex' })).toEqual([]);
    const usd = 1_000_000;
    const rates = { input: usd, inputAudio: usd, output: usd, outputAudio: usd, outputImage: usd };
    expect(local.ratesAt(0)).toEqual([{ aboveTokens: -1, rates }]);
  });

  test('a lower utilization makes each token more expensive', () => {
    expect(price({ gpuHourUsd: 3.6, tokensPerSecond: 1_000, utilisation: 0.8 }).cost({ input: 4 }, 0)).toBe(5_000);
  });
});

describe('invalid figures', () => {
  test.each<[string, SelfHostedPrice]>([
    ['models.local.price.gpuHourUsd', { gpuHourUsd: 0 }],
    ['models.local.price.gpuHourUsd', { gpuHourUsd: Number.NaN }],
    ['models.local.price.concurrency', { gpuHourUsd: 2, concurrency: 0 }],
    ['models.local.price.concurrency', { gpuHourUsd: 2, concurrency: Number.POSITIVE_INFINITY }],
    ['models.local.price.concurrency', { gpuHourUsd: 2, concurrency: '4' as never }],
    ['models.local.price.concurrency', { gpuHourUsd: 2, concurrency: 4, tokensPerSecond: 100 }],
    ['models.local.price.tokensPerSecond', { gpuHourUsd: 2, tokensPerSecond: -1 }],
    ['models.local.price.utilisation', { gpuHourUsd: 2, utilisation: 70 }],
    ['models.local.price.utilisation', { gpuHourUsd: 2, utilisation: 0 }],
    ['models.local.price', { gpuHourUsd: 1e30 }],
    ['models.local.price', { gpuHourUsd: 1e-30 }],
    ['models.local.price', { gpuHourUsd: 2, concurrency: 1e30 }],
    ['models.local.price', { gpuHourUsd: 2, utilisation: 1e-30 }],
    ['models.local.price', { gpuHourUsd: 2, tokensPerSecond: 1e-30 }],
    ['models.local.price', { gpuHourUsd: 2, tokensPerSecond: 1e30 }],
    ['models.local.price', { gpuHourUsd: Number.MAX_VALUE, utilisation: 5e-324 }],
  ])('an invalid %s is refused with an error that has this path', (path, config) => {
    const error = thrown(() => price(config));
    expect([error.code, error.path]).toEqual(['invalid-value', path]);
  });
});

test('an error about a rate states the computed rate, and the accepted range', () => {
  expect(thrown(() => price({ gpuHourUsd: 3.6e30 })).message).toBe(
    'models.local.price: these figures make 1.00e+24 USD per millisecond (accepted: a rate from 5e-13 to 9000 USD per unit)',
  );
});

function thrown(run: () => unknown): RouterError {
  try {
    run();
  } catch (error) {
    if (RouterError.isInstance(error)) return error;
  }
  throw new Error('no RouterError');
}
