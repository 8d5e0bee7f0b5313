import { describe, expect, test } from 'vitest';
import { checkFaults, checkModel, checkProviderOptions, checkScript } from '../../src/testing/fake-checks.ts';

const price = { input: '0.25', output: '2' };

describe('a model', () => {
  test.each([
    [{ price }],
    [{ price: { ...price, cacheRead: '0.000000000001' }, tierPrices: { flex: price }, latencyMs: [0.5, 2] }],
    [{ price, tokens: { input: 3, output: [1, 2] }, success: { '*': 0.5 }, text: () => 'x', pieces: 1 }],
    [{ price, lacks: ['images'], supportedValues: { n: [1] }, contextTokens: 9, maxOutputTokens: 9, vendor: 'groq' }],
    [{ price: { ...price, request: '0.005', imageGenOutput: '40' }, speeds: { fast: '2' }, regions: { us: '1.1' } }],
    [{ price, tokens: () => ({}), success: 1, text: 'x', callsTools: false, unsupported: ['top_k'] }],
  ])('%j is accepted', model => {
    expect(() => checkModel(model, 'models.m')).not.toThrow();
  });

  test.each([
    [undefined, 'models.m'],
    [{}, 'models.m.price'],
    [{ price: { input: '1' } }, 'models.m.price.output'],
    [{ price: { input: '.25', output: '1' } }, 'models.m.price.input'],
    [{ price: { input: 'a', output: '1' } }, 'models.m.price.input'],
    [{ price: { ...price, webSearch: '1e3' } }, 'models.m.price.webSearch'],
    [{ price: { ...price, cached: '1' } }, 'models.m.price.cached'],
    [{ price, tierPrices: { flex: { input: '-1', output: '1' } } }, 'models.m.tierPrices.flex.input'],
    [{ price, tierPrices: { cheap: price } }, 'models.m.tierPrices.cheap'],
    [{ price, speeds: { fast: 2 } }, 'models.m.speeds.fast'],
    [{ price, regions: 'us' }, 'models.m.regions'],
    [{ price, tokens: { input: 1.5 } }, 'models.m.tokens.input'],
    [{ price, tokens: { output: [2, 1] } }, 'models.m.tokens.output'],
    [{ price, latencyMs: -1 }, 'models.m.latencyMs'],
    [{ price, success: 2 }, 'models.m.success'],
    [{ price, success: { chat: 2 } }, 'models.m.success.chat'],
    [{ price, text: 3 }, 'models.m.text'],
    [{ price, pieces: 0 }, 'models.m.pieces'],
    [{ price, callsTools: 'no' }, 'models.m.callsTools'],
    [{ price, unsupported: 'top_k' }, 'models.m.unsupported'],
    [{ price, sucess: 1 }, 'models.m.sucess'],
    [{ price, lacks: ['image'] }, 'models.m.lacks[0]'],
    [{ price, supportedValues: { n: 1 } }, 'models.m.supportedValues.n'],
    [{ price, contextTokens: -1 }, 'models.m.contextTokens'],
    [{ price, maxOutputTokens: 0.5 }, 'models.m.maxOutputTokens'],
    [{ price, vendor: 'opnai' }, 'models.m.vendor'],
    [{ price, delivery: { redirect: 301 } }, 'models.m.delivery.redirect'],
  ])('%j is refused with the path of the mistake, and what would be accepted', (model, path) => {
    expect(() => checkModel(model, 'models.m')).toThrow(
      expect.objectContaining({ code: 'invalid-value', path, accepted: expect.anything() }),
    );
  });

  test('a value in a wrong place is not quoted, because it may be an API key', () => {
    expect(() => checkModel({ price: { input: 'sk-secret', output: '1' } }, 'm')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('the provider’s options', () => {
  test('all options are accepted', () => {
    const faults = [undefined, { kind: 'reset' }];
    const options = { seed: 'a', runtime: { nowMs: () => 0 }, faults, billsUnreported: 'actual', keepsRequests: 3 };
    expect(() => checkProviderOptions({ models: { m: { price } }, ...options }, 'options')).not.toThrow();
  });

  test.each([
    [undefined, 'options'],
    [{}, 'options.models'],
    [{ models: {}, seeed: 1 }, 'options.seeed'],
    [{ models: { m: {} } }, 'options.models.m.price'],
    [{ models: {}, seed: {} }, 'options.seed'],
    [{ models: {}, runtime: {} }, 'options.runtime'],
    [{ models: {}, faults: [{ kind: 'rest' }] }, 'options.faults[0].kind'],
    [{ models: {}, billsUnreported: 'all' }, 'options.billsUnreported'],
    [{ models: {}, keepsRequests: -1 }, 'options.keepsRequests'],
  ])('%j are refused with the path of the mistake, and what would be accepted', (options, path) => {
    expect(() => checkProviderOptions(options, 'options')).toThrow(
      expect.objectContaining({ code: 'invalid-value', path, accepted: expect.anything() }),
    );
  });
});

describe('a fault', () => {
  test.each([
    [{ kind: 'status', status: 200 }, '.status'],
    [{ kind: 'status' }, '.status'],
    [{ kind: 'status', status: 429, retryAfter: 20 }, '.retryAfter'],
    [{ kind: 'status', status: 429, retryAfter: {} }, '.retryAfter'],
    [{ kind: 'status', status: 429, retryAfter: { secs: 2 } }, '.retryAfter.secs'],
    [{ kind: 'html', status: 99 }, '.status'],
    [{ kind: 'reset', afterEvents: 1 }, '.afterEvents'],
    [{ kind: 'unsupported-parameter' }, '.parameter'],
    [{ kind: 'slow', delayMs: -1 }, '.delayMs'],
    [{ kind: 'cut' }, '.afterEvents'],
    [{ kind: 'rest' }, '.kind'],
    [{ kind: undefined }, '.kind'],
    ['reset', ''],
  ])('%j is refused with the path of the mistake, in a schedule as in a script', (fault, path) => {
    const error = (at: string) => expect.objectContaining({ code: 'invalid-value', path: at + path });
    expect(() => checkFaults([undefined, fault], 'setFaults')).toThrow(error('setFaults[1]'));
    expect(() => checkScript({ fault }, 'reply[0]', [])).toThrow(error('reply[0].fault'));
  });

  test('a misspelled kind gets the nearest one as a suggestion', () => {
    expect(() => checkScript({ kind: 'rest' }, 'reply[0]', [])).toThrow('did you mean "reset"?');
  });

  test('a schedule that is a function is checked only when it chooses a fault', () => {
    expect(() => checkFaults(() => undefined, 'setFaults')).not.toThrow();
    expect(() => checkFaults(undefined, 'setFaults')).not.toThrow();
  });
});

describe('a script', () => {
  test.each([
    [''],
    [400],
    [599],
    [{ kind: 'silent' }],
    [{}],
    [{ model: 'mini', refusal: 'No.', toolCalls: [{ name: 'a', arguments: null }], tokens: { reasoning: 3 } }],
    [{ text: 'x', latencyMs: [1, 2], fault: { kind: 'malformed' }, delivery: { chunkBytes: 1 } }],
    [{ image: 'AAAA', audio: { data: 'AA', transcript: 'a' }, paused: true }],
    [
      {
        served: { model: 'mini-2', tier: 'ultrafast', speed: 'turbo', region: 'us' },
        costUsd: '0.01',
        declined: 'bio',
      },
    ],
    [{ calls: [{ type: 'message', model: 'mini', tokens: { input: 1 }, declined: 'cyber' }], items: [{ type: 'x' }] }],
    [{ toolUsage: { web_search: {} }, usage: { prompt_tokens: 1 }, edit: (json: object) => json }],
  ])('%j is accepted', script => {
    expect(() => checkScript(script, 'reply[0]', ['mini'])).not.toThrow();
  });

  test.each([
    [200, 'reply[0]'],
    [399, 'reply[0]'],
    [600, 'reply[0]'],
    [Number.NaN, 'reply[0]'],
    [undefined, 'reply[0]'],
    [{ served: { spead: 'fast' } }, 'reply[0].served.spead'],
    [{ calls: [{ tokens: {} }] }, 'reply[0].calls[0].type'],
    [{ calls: [{ type: 'message', tokens: { inputs: 1 } }] }, 'reply[0].calls[0].tokens.inputs'],
    [{ items: ['x'] }, 'reply[0].items[0]'],
    [{ usage: 3 }, 'reply[0].usage'],
    [{ edit: {} }, 'reply[0].edit'],
    [{ costUsd: 0.5 }, 'reply[0].costUsd'],
    [null, 'reply[0]'],
    [['a'], 'reply[0]'],
    [{ txt: 'a' }, 'reply[0].txt'],
    [{ text: 1 }, 'reply[0].text'],
    [{ kind: 'reset', text: 'a' }, 'reply[0].text'],
    [{ toolCalls: { name: 'a' } }, 'reply[0].toolCalls'],
    [{ toolCalls: [{ name: 'a' }] }, 'reply[0].toolCalls[0].arguments'],
    [{ toolCalls: [{ name: 'a', arguments: 1n }] }, 'reply[0].toolCalls[0].arguments'],
    [{ tokens: { output: 0.5 } }, 'reply[0].tokens.output'],
    [{ image: 1 }, 'reply[0].image'],
    [{ audio: { data: 'AA' } }, 'reply[0].audio.transcript'],
    [{ paused: 'yes' }, 'reply[0].paused'],
    [{ text: 'a', delivery: { encoding: 'zip' } }, 'reply[0].delivery.encoding'],
  ])('a wrong script is refused with the path of the mistake: %s', (script, path) => {
    expect(() => checkScript(script, 'reply[0]', ['mini'])).toThrow(
      expect.objectContaining({ code: 'invalid-value', path, accepted: expect.anything() }),
    );
  });

  test('a script for a model that the provider does not have is refused with the names that it has', () => {
    expect(() => checkScript({ model: 'nope' }, 'reply[0]', ['mini'])).toThrow(
      expect.objectContaining({ code: 'unknown-model', path: 'reply[0].model', accepted: ['mini'] }),
    );
  });
});
