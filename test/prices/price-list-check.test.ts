import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkPriceList } from '../../src/prices/price-list-check.ts';
import { refusal } from '../support/refusal.ts';

const LIST = {
  source: 'https://example.com/prices',
  asOf: '2026-11-28',
  models: [{ provider: 'openai', model: 'gpt-7', prices: [{ inputUsdPerMillion: 1, outputUsdPerMillion: 2 }] }],
  terms: [{ provider: 'openai', models: ['gpt-7'], tiers: { flex: 0.5 }, unknown: ['request'] }],
};

test('a valid list is returned as it is, parsed from JSON or not', () => {
  expect(checkPriceList(LIST, 'priceList')).toBe(LIST);
  const parsed: unknown = JSON.parse(JSON.stringify(LIST));
  expect(checkPriceList(parsed, 'priceList')).toEqual(LIST);
  expect(checkPriceList({ source: 'ours', asOf: '2026-11-28' }, 'priceList')).toBeDefined();
});

test('a list is read once, however many models have their prices from it', () => {
  let reads = 0;
  const list = {
    ...LIST,
    get models() {
      reads++;
      return LIST.models;
    },
  };
  checkPriceList(list, 'priceList');
  const once = reads;
  for (let i = 0; i < 10; i++) checkPriceList(list, 'priceList');
  expect(reads).toBe(once);
});

test('terms may be of a model in any list, and of all models of a provider', () => {
  const models = ['gpt-7', 'gpt-6.1-sol', 'gpt-5'];
  const own = { ...LIST, models: [{ ...LIST.models[0], provider: 'acme' }] };
  for (const list of [
    { ...LIST, terms: [{ provider: 'openai', models }] },
    {
      ...own,
      terms: [
        { provider: 'ACME', models: 'all' },
        { provider: 'groq', models: 'all' },
      ],
    },
  ])
    expect(checkPriceList(list, 'priceList')).toBe(list);
});

test('terms of one model may be in several entries, each with its source, and beside those of all models', () => {
  const terms = [
    { provider: 'openai', models: ['gpt-7'], tiers: { flex: 0.5 } },
    { provider: 'openai', models: ['gpt-7', 'gpt-5'], tiers: { batch: 0.5 }, perRequestUsd: 1, source: 'a letter' },
    { provider: 'openai', models: 'all', tiers: { flex: 0.75 }, speeds: undefined },
    { provider: 'openai', models: 'all', speeds: undefined, regions: { us: 1.1, eu: undefined } },
    { provider: 'openai', models: 'all', regions: { eu: 1.1 } },
  ];
  const list = { ...LIST, terms };
  expect(checkPriceList(list, 'priceList')).toBe(list);
});

test('terms may name a dated snapshot that keeps its own price, beside an entry for the undated model', () => {
  const models = [{ ...LIST.models[0], model: 'gpt-4o' }];
  const list = {
    ...LIST,
    models,
    terms: [{ provider: 'openai', models: ['gpt-4o-2024-05-13'], tiers: { flex: 0.5 } }],
  };
  expect(checkPriceList(list, 'priceList')).toBe(list);
});

test('prices and terms are checked in the combination that a reply meets, and the error names the model', () => {
  const list = { ...LIST, models: [], terms: [{ provider: 'openai', models: ['gpt-5'], speeds: { fast: 1e9 } }] };
  expect(refusal(() => checkPriceList(list, 'priceList')).message).toContain(
    'the prices of "openai/gpt-5" and the terms that they meet make a rate that is out of range',
  );
});

test('a model that a list has under another name is reported with that name', () => {
  const list = { ...LIST, terms: [{ provider: 'openai', models: ['gpt-5-2025-08-07'] }] };
  expect(refusal(() => checkPriceList(list, 'priceList')).accepted).toEqual(['gpt-5']);
  const misspelt = { ...LIST, terms: [{ provider: 'openai', models: ['gpt-5-mni'] }] };
  expect(refusal(() => checkPriceList(misspelt, 'priceList')).message).toContain('did you mean "gpt-5-mini"');
});

test('the price file of the documentation is valid', () => {
  const docs = readFileSync(new URL('../../docs/prices.md', import.meta.url), 'utf8');
  const [, json = ''] = /```json\n([\s\S]+?)```/.exec(docs) ?? [];
  expect(checkPriceList(JSON.parse(json), 'priceList')).toBeDefined();
});

const [model] = LIST.models;
const [terms] = LIST.terms;
const [price] = model?.prices ?? [];

describe('mistakes', () => {
  test.each<[string, unknown]>([
    ['priceList', null],
    ['priceList', 'prices.json'],
    ['priceList', [LIST]],
    ['priceList', Promise.resolve(LIST)],
    ['priceList.source', { ...LIST, source: undefined }],
    ['priceList.asOf', { ...LIST, asOf: undefined }],
    ['priceList.asOf', { source: 'ours' }],
    ['priceList.asOf', { ...LIST, asOf: null }],
    ['priceList.asOf', { ...LIST, asOf: 'yesterday' }],
    ['priceList.asOf', { ...LIST, asOf: '2026-02-30' }],
    ['priceList.asOf', { ...LIST, asOf: '(letter) 2026-11-28' }],
    ['priceList.asOf', { ...LIST, asOf: '2026-11-28T00:00:00Z' }],
    ['priceList.asOf', { ...LIST, asOf: 20_261_128 }],
    ['priceList.model', { ...LIST, model: [] }],
    ['priceList.models', { ...LIST, models: { 'gpt-7': model } }],
    ['priceList.models[0]', { ...LIST, models: [null] }],
    ['priceList.models[0].provider', { ...LIST, models: [{ ...model, provider: '' }] }],
    ['priceList.models[0].model', { ...LIST, models: [{ ...model, model: 7 }] }],
    ['priceList.models[0].asOf', { ...LIST, models: [{ ...model, asOf: '28.11.2026' }] }],
    ['priceList.models[0].source', { ...LIST, models: [{ ...model, source: 1 }] }],
    ['priceList.models[0].price', { ...LIST, models: [{ ...model, price }] }],
    ['priceList.models[0].prices', { ...LIST, models: [{ ...model, prices: price }] }],
    ['priceList.models[0].prices', { ...LIST, models: [{ ...model, prices: [] }] }],
    ['priceList.models[0].prices[0]', { ...LIST, models: [{ ...model, prices: [{ inputUsdPerMillion: 1 }] }] }],
    [
      'priceList.models[0].prices[0].outputUsdPerMillion',
      { ...LIST, models: [{ ...model, prices: [{ ...price, outputUsdPerMillion: '2' }] }] },
    ],
    [
      'priceList.models[0].prices[0].inputUsdPerMilion',
      { ...LIST, models: [{ ...model, prices: [{ ...price, inputUsdPerMilion: 1 }] }] },
    ],
    [
      'priceList.models[0].prices[0].as',
      { ...LIST, models: [{ ...model, prices: [{ ...price, as: 'openai/gpt-5' }] }] },
    ],
    ['priceList.models[0].prices[1].from', { ...LIST, models: [{ ...model, prices: [price, price] }] }],
    ['priceList.models[1].model', { ...LIST, models: [model, { ...model, provider: 'OpenAI', model: 'GPT-7' }] }],
    ['priceList.terms', { ...LIST, terms: 'none' }],
    ['priceList.terms[0].models', { ...LIST, terms: [{ ...terms, models: 'gpt-7' }] }],
    ['priceList.terms[0].models', { ...LIST, terms: [{ ...terms, models: [] }] }],
    ['priceList.terms[0].models[0]', { ...LIST, terms: [{ ...terms, models: [7] }] }],
    ['priceList.terms[0].models[1]', { ...LIST, terms: [{ ...terms, models: ['gpt-7', 'gpt-7-mini'] }] }],
    ['priceList.terms[0].models[0]', { ...LIST, terms: [{ ...terms, models: ['gpt-5-2025-08-07'] }] }],
    ['priceList.terms[1].tiers.flex', { ...LIST, terms: [terms, { ...terms, unknown: [], tiers: { flex: 0.25 } }] }],
    [
      'priceList.terms[1].perRequestUsd',
      {
        ...LIST,
        terms: [
          { provider: 'openai', models: 'all', perRequestUsd: 1 },
          { provider: 'OpenAI', models: 'all', perRequestUsd: 2 },
        ],
      },
    ],
    ['priceList.terms[0].provider', { ...LIST, terms: [{ ...terms, provider: 'opnai', models: 'all' }] }],
    ['priceList.terms[0].unknown', { ...LIST, terms: [{ ...terms, unknown: 'request' }] }],
    ['priceList.terms[0].unknown[0]', { ...LIST, terms: [{ ...terms, unknown: ['requests'] }] }],
    ['priceList.terms[0].discount', { ...LIST, terms: [{ ...terms, discount: 0.5 }] }],
    ['priceList.terms[0].tiers.flex', { ...LIST, terms: [{ ...terms, tiers: { flex: -1 } }] }],
    ['priceList.terms[0].speeds.fast', { ...LIST, terms: [{ ...terms, speeds: { fast: 'double' } }] }],
    [
      'priceList.models[0].prices',
      { ...LIST, models: [{ ...model, prices: [{ ...price, inputUsdPerMillion: 5e-7 }] }], terms: [] },
    ],
    [
      'priceList.terms[1]',
      {
        ...LIST,
        models: [{ ...model, prices: [{ ...price, inputUsdPerMillion: 1e-6 }] }],
        terms: [terms, { ...terms, tiers: undefined, regions: { us: 0.1 } }],
      },
    ],
    [
      'priceList.terms[0]',
      { ...LIST, models: [], terms: [{ provider: 'openai', models: 'all', regions: { eu: 1e9 } }] },
    ],
    ['priceList.terms[0]', { ...LIST, terms: [{ provider: 'openai', models: ['gpt-5-nano'], tiers: { flex: 1e-5 } }] }],
    ['priceList.terms[0].perRequestUsd', { ...LIST, terms: [{ ...terms, perRequestUsd: Number.NaN }] }],
  ])('the mistake is reported with its path %s', (path, list) => {
    const error = refusal(() => checkPriceList(list, 'priceList'));
    expect([error.code, error.path]).toEqual(['invalid-value', path]);
  });
});

describe('a list of the future', () => {
  const noon = Date.UTC(2026, 10, 28, 12);

  test('a list that was published today is accepted in every time zone', () => {
    expect(checkPriceList(LIST, 'priceList', noon)).toBe(LIST);
    expect(checkPriceList(LIST, 'priceList', Date.UTC(2026, 10, 27, 10))).toBe(LIST);
  });

  test.each<[string, object]>([
    ['priceList.asOf', { ...LIST, asOf: '2026-11-30' }],
    ['priceList.models[0].asOf', { ...LIST, models: [{ ...model, asOf: '2027-01-01' }] }],
    ['priceList.terms[0].asOf', { ...LIST, terms: [{ ...terms, asOf: '3026-11-28' }] }],
  ])('a date in the future is a mistake, which is reported with its path %s', (path, list) => {
    expect(checkPriceList(list, 'priceList')).toBe(list);
    expect(refusal(() => checkPriceList(list, 'priceList', noon)).path).toBe(path);
  });
});
