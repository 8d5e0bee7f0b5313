import { expect, test } from 'vitest';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import { sheetOfRates } from '../../../src/prices/configured-price.ts';
import { schedulePrice } from '../../../src/prices/schedule.ts';
import type { Answer } from '../../../src/engine/attempts/exchange.ts';
import type { EndedExchange } from '../../../src/engine/attempts/attempt.ts';
import { attemptOf } from '../../../src/engine/attempts/attempt.ts';

const sheet = sheetOfRates({ inputUsdPerMillion: 1, outputUsdPerMillion: 2 }, 'price');
const price = schedulePrice('test', [{ fromMs: Number.NEGATIVE_INFINITY, sheet }]);
const model: ResolvedModel = {
  name: 'mini',
  provider: 'openai',
  providerModel: 'mini-1',
  price,
  priceOf: () => ({ isSame: true, price, isKnown: true }),
  lacks: new Set(),
  paramsText: '',
  abilities: {},
  apis: [],
  endpoint: 'openai/mini-1',
  account: 'account of mini',
};

const ANSWER: Answer = {
  usage: { input: 100, output: 10 },
  provenance: 'reported',
  finish: 'stop',
  text: '',
  hasToolCalls: false,
};

function recorded(result: EndedExchange['result']) {
  const told: (readonly string[])[] = [];
  const attempt = attemptOf(
    { kind: 'first', requestId: 'r', turn: 2, model, node: 'mini', startedAtMs: 5, latencyMs: 7, result },
    parts => void told.push(parts),
  );
  return { attempt, told };
}

test('a reply is charged for the usage that its provider reported, at the model’s price', () => {
  const { attempt, told } = recorded({
    status: 'ok',
    httpStatus: 200,
    providerRequestId: 'req_1',
    firstByteMs: 3,
    answer: { ...ANSWER, model: 'mini-1-2026', tier: 'standard' },
  });
  expect(attempt).toStrictEqual({
    kind: 'first',
    requestId: 'r',
    turn: 2,
    model: 'mini',
    node: 'mini',
    providerModel: 'mini-1',
    responseModel: 'mini-1-2026',
    startedAtMs: 5,
    latencyMs: 7,
    firstByteMs: 3,
    status: 'ok',
    httpStatus: 200,
    providerRequestId: 'req_1',
    usage: { input: 100, output: 10 },
    provenance: 'reported',
    costNanoUsd: 100 * 1_000 + 10 * 2_000,
    rates: { input: 1_000_000, output: 2_000_000 },
  });
  expect(told).toEqual([]);
});

test('a fault without an answer costs nothing and has provenance `none`', () => {
  expect(recorded({ status: 'connection' }).attempt).toMatchObject({ usage: {}, provenance: 'none', costNanoUsd: 0 });
});

test('a cost that the application reports is recorded unchanged, whatever the model’s price', () => {
  const { attempt, told } = recorded({
    status: 'ok',
    answer: { ...ANSWER, usage: { webSearch: 3 }, costNanoUsd: 42 },
  });
  expect(attempt).toMatchObject({ costNanoUsd: 42, provenance: 'reported' });
  expect(told).toEqual([]);
});

test('usage without a price is reported, and makes the cost an estimate', () => {
  const { attempt, told } = recorded({ status: 'ok', answer: { ...ANSWER, usage: { input: 100, webSearch: 3 } } });
  expect(attempt).toMatchObject({ costNanoUsd: 100_000, provenance: 'estimated' });
  expect(told).toEqual([['webSearch']]);
});

test('a service tier other than the standard one is recorded', () => {
  const { attempt, told } = recorded({ status: 'ok', answer: { ...ANSWER, tier: 'batch' } });
  expect(attempt).toMatchObject({ tier: 'batch', provenance: 'estimated' });
  expect(told).toEqual([['tier "batch"']]);
});

test('an attempt has no property for a value that its reply does not state, nor for the standard tier and speed', () => {
  const bare = recorded({ status: 'connection' }).attempt;
  expect(Object.values(bare)).not.toContain(undefined);
  for (const more of [{}, { tier: 'standard', speed: 'standard', keys: [] }])
    expect(Object.keys(recorded({ status: 'ok', answer: { ...ANSWER, ...more } }).attempt)).toEqual([
      ...Object.keys(bare),
      'rates',
    ]);
});

test('the speed and the region that served a reply, and the reply’s ids, are recorded', () => {
  const { attempt } = recorded({ status: 'ok', answer: { ...ANSWER, speed: 'fast', region: 'eu', keys: ['resp_1'] } });
  expect(attempt).toMatchObject({ speed: 'fast', region: 'eu', replyKeys: ['resp_1'] });
});

test('no provider’s text in an attempt has characters that a store refuses', () => {
  const texts = { model: '\0', keys: ['\0', '\ud800'], tier: '\0', speed: '\0', region: '\0', unpriced: ['\0'] };
  const calls = [{ model: '\0', usage: {} }, { usage: {} }];
  const { attempt } = recorded({ status: 'ok', providerRequestId: '\u0085', answer: { ...ANSWER, ...texts, calls } });
  expect(attempt).toMatchObject({
    responseModel: String.raw`\u0000`,
    replyKeys: [String.raw`\u0000`, String.raw`\ud800`],
    providerRequestId: String.raw`\u0085`,
    unpriced: [String.raw`\u0000`],
  });
  const strings = JSON.stringify(attempt, (_, value: unknown) =>
    typeof value === 'string' ? /[\p{Cc}\p{Cs}]/u.test(value) : value,
  );
  expect(strings).not.toContain('true');
});

test.each(['model', 'tier', 'speed', 'region'] as const)(
  'a %s that a store would refuse is converted, even if nothing else would be refused',
  name => {
    const { attempt } = recorded({ status: 'ok', answer: { ...ANSWER, [name]: 'a\0b' } });
    expect(Object.values(attempt)).not.toContain('a\0b');
  },
);
