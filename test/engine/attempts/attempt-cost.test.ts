import { expect, test } from 'vitest';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ModelConfig } from '../../../src/config/application.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import type { Price } from '../../../src/contracts/price.ts';
import type { StatedCost } from '../../../src/contracts/wire.ts';
import { attemptOf } from '../../../src/engine/attempts/attempt.ts';
import type { Answer } from '../../../src/engine/attempts/exchange.ts';
import { fixed } from '../../../src/policies/fixed.ts';

const RATES = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

function modelOf(config: ModelConfig, others: Readonly<Record<string, ModelConfig>> = {}): ResolvedModel {
  const { models } = resolveConfig({ models: { mini: config, ...others }, features: {} }, { policy: fixed('mini') });
  return models.get('mini') as ResolvedModel;
}

function priced(model: ResolvedModel, answer: Partial<Answer>) {
  const told: string[] = [];
  const attempt = attemptOf(
    {
      kind: 'first',
      requestId: 'r',
      turn: 1,
      model,
      node: 'mini',
      startedAtMs: Date.UTC(2026, 10, 1),
      latencyMs: 7,
      result: {
        status: 'ok',
        answer: { usage: {}, provenance: 'reported', finish: 'stop', text: '', hasToolCalls: false, ...answer },
      },
    },
    parts => void told.push(...parts),
  );
  return { attempt, told };
}

const GPT = modelOf({ provider: 'openai', model: 'gpt-5-mini' });
const THOUSAND = { input: 1_000, output: 1_000 };

test('a snapshot of the requested model counts as that model', () => {
  const { attempt, told } = priced(GPT, { usage: THOUSAND, model: 'gpt-5-mini-2025-08-07' });
  expect(attempt).toMatchObject({ costNanoUsd: 2_250_000, provenance: 'reported' });
  expect(attempt).not.toHaveProperty('servedBy');
  expect(told).toEqual([]);
  // Some gateways leave the name empty.
  expect(priced(GPT, { usage: THOUSAND, model: '' }).attempt).toMatchObject({ provenance: 'reported' });
});

test('a reply of another model costs what that model costs, as an estimate that names it', () => {
  const { attempt, told } = priced(GPT, { usage: THOUSAND, model: 'gpt-5-pro' });
  expect(attempt).toMatchObject({
    costNanoUsd: 135_000_000,
    provenance: 'estimated',
    servedBy: 'gpt-5-pro',
    unpriced: ['model "gpt-5-pro"'],
  });
  expect(told).toEqual(['model "gpt-5-pro"']);
});

test('a reply of a model without a known price is priced as the model that was asked, as an estimate', () => {
  const { attempt } = priced(GPT, { usage: THOUSAND, model: 'llama-of-the-basement' });
  expect(attempt).toMatchObject({
    costNanoUsd: 2_250_000,
    provenance: 'estimated',
    servedBy: 'llama-of-the-basement',
    unpriced: ['model "llama-of-the-basement"'],
  });
});

test('each call inside a reply is charged at the price of its model and in its own bracket', () => {
  const haiku = modelOf({ provider: 'anthropic', model: 'claude-haiku-4-5' });
  const own = { input: 50_000, output: 5_000 };
  const advised = priced(haiku, {
    model: 'claude-haiku-4-5-20251001',
    usage: { input: 150_000, output: 15_000 },
    calls: [{ usage: own }, { model: 'claude-opus-4-6', usage: own }, { usage: own }],
  });
  expect(advised.attempt).toMatchObject({
    costNanoUsd: 525_000_000,
    provenance: 'reported',
    usage: { input: 150_000, output: 15_000 },
    calls: [{ usage: own }, { model: 'claude-opus-4-6', usage: own }, { usage: own }],
  });
  expect(advised.attempt).not.toHaveProperty('servedBy');
  expect(advised.told).toEqual([]);

  const sonnet = modelOf({ provider: 'anthropic', model: 'claude-sonnet-4-5' });
  const compacted = priced(sonnet, {
    model: 'claude-sonnet-4-5',
    usage: { input: 203_000, output: 4_500 },
    calls: [{ usage: { input: 180_000, output: 3_500 } }, { usage: { input: 23_000, output: 1_000 } }],
  });
  expect(compacted.attempt.costNanoUsd).toBe(676_500_000);
});

test('a fallback that the provider lists among the calls has an exact cost, and is reported as another model', () => {
  const fable = modelOf({ provider: 'anthropic', model: 'claude-opus-4-6' });
  const usage = { input: 100_000, output: 10_000 };
  const { attempt, told } = priced(fable, {
    model: 'claude-sonnet-4-6',
    usage,
    calls: [
      { model: 'claude-opus-4-6', usage: {} },
      { model: 'claude-sonnet-4-6', usage },
    ],
  });
  expect(attempt).toMatchObject({ costNanoUsd: 450_000_000, provenance: 'reported', servedBy: 'claude-sonnet-4-6' });
  expect(told).toEqual([]);
});

test('the cost of a fallback that the request names is exact where its price is known', () => {
  const asked = { usage: THOUSAND, isRequestedFallback: true };
  expect(priced(GPT, { ...asked, model: 'gpt-5-pro' })).toMatchObject({
    attempt: { costNanoUsd: 135_000_000, provenance: 'reported', servedBy: 'gpt-5-pro' },
    told: [],
  });
  expect(priced(GPT, { ...asked, model: 'llama-of-the-basement' }).attempt.provenance).toBe('estimated');
});

test('a call inside a reply has a model name only if another model wrote the reply, and the requested model is named as configured', () => {
  const opus = modelOf({ provider: 'anthropic', model: 'claude-opus-4-6' });
  const [asked, fallback, unnamed] = [{ input: 1 }, { input: 2 }, { input: 3 }];
  const calls = (model: string) =>
    priced(opus, {
      model,
      calls: [
        { model: 'Anthropic/Claude-Opus-4-6', usage: asked },
        { model: 'claude-sonnet-4-6', usage: fallback },
        { usage: unnamed },
      ],
    }).attempt.calls?.map(({ rates: _, ...call }) => call);
  expect(calls('claude-opus-4-6')).toEqual([
    { usage: asked },
    { model: 'claude-sonnet-4-6', usage: fallback },
    { usage: unnamed },
  ]);
  expect(calls('claude-sonnet-4-6')).toEqual([
    { model: 'claude-opus-4-6', usage: asked },
    { usage: fallback },
    { usage: unnamed },
  ]);
  expect(priced(opus, { calls: [{ model: 'claude-opus-4-6', usage: asked }] }).attempt).not.toHaveProperty('calls');
});

test('for calls of other models in a reply, the reply’s speed is an assumption, which is reported', () => {
  const opus = modelOf({ provider: 'anthropic', model: 'claude-opus-5' });
  const usage = { input: 1_000, output: 100 };
  const advised = (speed: string | undefined) =>
    priced(opus, {
      model: 'claude-opus-5',
      speed,
      usage: { input: 2_000, output: 200 },
      calls: [{ usage }, { model: 'claude-opus-4-8', usage }],
    });
  const named = ['speed "fast" of model "claude-opus-4-8"'];
  expect(advised('fast')).toMatchObject({
    attempt: { costNanoUsd: 30_000_000, provenance: 'estimated', unpriced: named },
    told: named,
  });
  for (const speed of [undefined, 'standard'])
    expect(advised(speed)).toMatchObject({ attempt: { costNanoUsd: 15_000_000, provenance: 'reported' }, told: [] });
  // A fallback model wrote this reply, and the reply itself names the speed.
  const declined = { model: 'claude-opus-5', usage: {} };
  const fallback = {
    model: 'claude-opus-4-8',
    speed: 'fast',
    usage,
    calls: [declined, { model: 'claude-opus-4-8', usage }],
  };
  expect(priced(opus, fallback).attempt).toMatchObject({ costNanoUsd: 15_000_000, provenance: 'reported' });
});

test('a call of a model without a known price is charged as the model that was asked, and reported', () => {
  const haiku = modelOf({ provider: 'anthropic', model: 'claude-haiku-4-5' });
  const { attempt } = priced(haiku, {
    usage: { input: 300 },
    calls: [{ usage: { input: 100 } }, { model: 'claude-of-tomorrow', usage: { input: 200 } }],
  });
  expect(attempt).toMatchObject({
    costNanoUsd: 300_000,
    provenance: 'estimated',
    unpriced: ['model "claude-of-tomorrow"'],
  });
});

test('a reply with a part that its reader could not count has an estimated cost', () => {
  const { attempt, told } = priced(GPT, { usage: THOUSAND, unpriced: ['usage.video_tokens'], tier: 'ultrafast' });
  expect(attempt).toMatchObject({
    costNanoUsd: 2_250_000,
    provenance: 'estimated',
    tier: 'ultrafast',
    unpriced: ['usage.video_tokens', 'tier "ultrafast"'],
  });
  expect(told).toEqual(attempt.unpriced);
});

test('the tier of a free reply does not make its cost an estimate', () => {
  const { attempt, told } = priced(GPT, { usage: { input: 0, output: 0 }, tier: 'ultrafast' });
  expect(attempt).toMatchObject({ costNanoUsd: 0, provenance: 'reported', tier: 'ultrafast' });
  expect(told).toEqual([]);
});

test('no reply can fill the ledger with names of unpriced items', () => {
  const unpriced = Array.from({ length: 1_000 }, (_, i) => `usage.${'x'.repeat(1_000)}${i}`);
  const { attempt } = priced(GPT, { usage: THOUSAND, unpriced });
  expect(JSON.stringify(attempt.unpriced).length).toBeLessThan(5_000);
  const { told } = priced(GPT, { usage: THOUSAND, model: 'x'.repeat(10_000) });
  expect(told).toEqual([`model "${'x'.repeat(100)}"`]);
});

/** The rates as a price that states of itself what a test needs. */
function model(more: Partial<Price>): ResolvedModel {
  const own = modelOf({ provider: 'openai', model: 'mini-1', price: RATES });
  const price = Object.freeze({ ...own.price, ...more });
  return { ...own, price, priceOf: name => ({ ...own.priceOf(name), ...(name === 'pro-1' ? {} : { price }) }) };
}

test('a price with a fee per request counts one request per reply, unless the application has counted them', () => {
  const fee = model({ hasRequestFee: true });
  expect(priced(fee, { usage: THOUSAND }).attempt.usage).toEqual({ ...THOUSAND, request: 1 });
  expect(priced(fee, { usage: { ...THOUSAND, request: 3 } }).attempt.usage.request).toBe(3);
  expect(priced(model({}), { usage: THOUSAND }).attempt.usage).toEqual(THOUSAND);
  // The fee is not one of an advisor, whatever its own price is.
  const calls = [{ model: 'pro-1', usage: { input: 1 } }, { usage: { input: 2 } }];
  expect(priced(fee, { usage: { input: 3 }, calls }).attempt).toMatchObject({
    usage: { input: 3, request: 1 },
    calls: [...calls, { usage: { request: 1 } }],
  });
});

test('the cost that a reply states replaces the rates where the price says so, but a partial or missing cost does not', () => {
  const states = model({ usesStatedCost: true });
  const costOf = (statedCost?: StatedCost, priceOf = states) =>
    priced(priceOf, { usage: THOUSAND, ...(statedCost === undefined ? {} : { statedCost }) }).attempt;
  expect(costOf({ nanoUsd: 310_000, isWhole: true })).toMatchObject({ costNanoUsd: 310_000, provenance: 'reported' });
  expect(costOf({ nanoUsd: 0, isWhole: true })).toMatchObject({ costNanoUsd: 0, provenance: 'reported' });
  const byRates = { costNanoUsd: 3_000_000, provenance: 'estimated', unpriced: ['stated cost'] };
  expect(costOf({ nanoUsd: 310_000, isWhole: false })).toMatchObject(byRates);
  expect(costOf()).toMatchObject(byRates);
  for (const nanoUsd of [Number.NaN, -1, 0.5, 9e15 + 2, Infinity])
    expect(costOf({ nanoUsd, isWhole: true })).toMatchObject(byRates);
  expect(costOf({ nanoUsd: 310_000, isWhole: true }, model({}))).toMatchObject({ costNanoUsd: 3_000_000 });
});

test('a cost that the reply states is exact whichever model served, and a model other than the requested one is reported nevertheless', () => {
  const { attempt, told } = priced(model({ usesStatedCost: true }), {
    usage: THOUSAND,
    model: 'pro-1',
    statedCost: { nanoUsd: 7, isWhole: true },
  });
  expect(attempt).toMatchObject({ costNanoUsd: 7, provenance: 'reported', servedBy: 'pro-1' });
  expect(attempt).not.toHaveProperty('unpriced');
  expect(told).toEqual(['model "pro-1"']);
});

test('an attempt’s cost is a safe integer within the limit of one fact, whatever the price says', () => {
  for (const cost of [Number.NaN, Infinity, -1, 0.5, 9e15 + 2, 1e300]) {
    const { attempt } = priced(model({ cost: () => cost }), { usage: THOUSAND });
    expect(attempt).toMatchObject({ costNanoUsd: 0, provenance: 'estimated', unpriced: ['an amount out of range'] });
  }
  const usage = { input: 1 };
  const large = priced(model({ cost: () => 5e15 }), { usage, calls: [{ usage }, { usage }] });
  expect(large.attempt).toMatchObject({ costNanoUsd: 5e15, provenance: 'estimated' });
});

test('a fee per request covers one search of a search model; a further search, or one without a fee, has no known price', () => {
  const searching = { ...THOUSAND, webSearch: 1 };
  const withFee = modelOf({ provider: 'openai', model: 'gpt-5-search-api', price: { ...RATES, perRequestUsd: 0.025 } });
  expect(priced(withFee, { usage: searching }).attempt).toMatchObject({
    costNanoUsd: 3_000_000 + 25_000_000,
    provenance: 'reported',
  });
  expect(priced(withFee, { usage: { ...searching, webSearch: 2 } }).told).toEqual(['webSearch']);
  const withRates = modelOf({ provider: 'openai', model: 'gpt-5-search-api', price: RATES });
  expect(priced(withRates, { usage: searching }).told).toEqual(['webSearch']);
  const listed = modelOf({ provider: 'openai', model: 'gpt-4o-search-preview' });
  expect(priced(listed, { usage: searching }).told).toEqual(['webSearch']);
  const preview = modelOf({ provider: 'openai', model: 'gpt-9-search-preview', price: { ...RATES, perRequestUsd: 1 } });
  expect(priced(preview, { usage: { ...THOUSAND, webSearchPreview: 1 } }).told).toEqual([]);
});

test('a GPU that is paid by time is paid once for all calls in a reply', () => {
  const local = modelOf({ provider: 'openai', model: 'local', price: { gpuHourUsd: 3.6 } });
  const usage = { input: 1 };
  expect(priced(local, { usage, calls: [{ usage }, { usage }, { usage }] }).attempt.costNanoUsd).toBe(7_000);
  expect(priced(local, { usage }).attempt.costNanoUsd).toBe(7_000);
});
