import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemRuntime } from '../src/runtime.ts';
import { RouterError } from '../src/errors.ts';
import { createRouter } from '../src/create-router.ts';
import { memory } from '../src/stores/memory.ts';
import { rebuildCells } from '../src/stores/rebuild.ts';
import { spooling } from '../src/stores/spool.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import type { Store } from '../src/contracts/store.ts';
import type { Wire } from '../src/contracts/wire.ts';
import { fixed } from '../src/policies/fixed.ts';
import { openaiChat } from '../src/wires/openai-chat.ts';
import type { Answer } from './support/scripted-server.ts';
import { chat, chatStream, scriptedServer } from './support/scripted-server.ts';
import { testRuntime } from '../src/testing/test-runtime.ts';
import { patientAfter } from './support/patient-time.ts';
import { closeAll, routed } from './support/routed.ts';
import type { Loose } from './support/refusal.ts';
import { refusal } from './support/refusal.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const directory = temporaryFolder();
let files = 0;
const newPath = (): string => join(directory, `router-${files++}.db`);
afterEach(closeAll);

/** A persistent store whose connection can be cut. */
function cuttable(spoolPath: string) {
  const inner = memory();
  const line = { isCut: false };
  const through =
    <Args extends readonly unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      if (line.isCut) throw new Error('connection refused');
      return call(...args);
    };
  const store: Store = {
    ...inner,
    name: 'remote',
    spoolPath,
    commitAll: through(inner.commitAll),
    load: through(inner.load),
    cellsSince: through(inner.cellsSince),
    claimDue: through(inner.claimDue),
    generations: through(inner.generations),
  };
  return { inner, store, line };
}

describe('a store that fails', () => {
  test('a store that fails breaks no call and no outcome, and has all records when it works again', async () => {
    const { inner, store, line } = cuttable(newPath());
    const { router, ask, faults } = await routed([chat('hi')], {}, { store });
    const before = router.feature('support').intent();
    await ask(before.model);
    await router.flush();
    line.isCut = true;
    const during = router.feature('support').intent();
    expect((await ask(during.model)).status).toBe(200);
    expect((await ask(before.model)).status).toBe(200);
    expect(await during.succeed()).toMatchObject({ state: 'success' });
    expect(await before.fail()).toMatchObject({ state: 'failure' });
    await router.flush();
    expect(faults.every(({ where }) => where === 'store')).toBe(true);
    expect(faults.length).toBeGreaterThan(0);
    expect((await inner.load(during.id)).length).toBe(0);
    line.isCut = false;
    await router.flush();
    const kinds = async (id: string) => (await inner.load(id)).map(({ kind }) => kind);
    expect(await kinds(during.id)).toEqual(['decided', 'attempted', 'labelled']);
    expect(await kinds(before.id)).toEqual(['decided', 'attempted', 'attempted', 'labelled']);
    await router.close();
  });

  test('a store that fails from the first request on leaves decisions to the priors', async () => {
    const { store, line } = cuttable(newPath());
    line.isCut = true;
    const { router, ask, ledger } = await routed([chat('hi')], {}, { store });
    expect(await (await ask()).json()).toMatchObject({ model: 'mini-1' });
    line.isCut = false;
    await router.flush();
    expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted']);
    await router.close();
  });

  test('spooled records are written when the store works again, without another call', async () => {
    const runtime = testRuntime();
    const { inner, store, line } = cuttable(newPath());
    const { router, ask } = await routed([chat('hi')], {}, { store, runtime });
    line.isCut = true;
    await ask();
    await router.flush();
    line.isCut = false;
    const kinds = async () => (await Array.fromAsync(inner.scan())).map(({ kind }) => kind);
    runtime.advance(4_999);
    await new Promise(setImmediate);
    expect(await kinds()).toEqual([]);
    runtime.advance(1);
    await expect.poll(kinds).toEqual(['decided', 'attempted']);
    await router.close();
  });

  test('a router that is never used writes what an earlier process spooled', async () => {
    const runtime = testRuntime();
    const { inner, store, line } = cuttable(newPath());
    const earlier = await routed([chat('hi')], {}, { store });
    line.isCut = true;
    await earlier.ask();
    await earlier.close();
    line.isCut = false;
    expect(await Array.fromAsync(inner.scan())).toEqual([]);
    const { router } = await routed([], {}, { store, runtime });
    runtime.advance(5_000);
    await expect.poll(async () => Array.fromAsync(inner.scan())).toHaveLength(2);
    await router.close();
  });

  test('records are spooled at the configured path', async () => {
    const path = newPath();
    const { store, line } = cuttable(newPath());
    const { router, ask } = await routed([chat('hi')], {}, { store, config: { spool: path } });
    line.isCut = true;
    await ask();
    await router.flush();
    expect(existsSync(path)).toBe(true);
    line.isCut = false;
    await router.close();
  });

  test('without a spool calls are answered and outcomes reject, and all of them are stored when the store is back', async () => {
    const { inner, store, line } = cuttable('');
    const { spoolPath: _none, ...bare } = store;
    const runtime = testRuntime();
    const { router, ask } = await routed([chat('hi')], {}, { store: bare, runtime });
    line.isCut = true;
    const intent = router.feature('support').intent();
    expect((await ask(intent.model)).status).toBe(200);
    await expect(intent.succeed()).rejects.toMatchObject({ name: 'RouterError', code: 'store-unusable' });
    await expect(router.flush()).rejects.toMatchObject({ name: 'RouterError', code: 'store-unusable' });
    expect(await Array.fromAsync(inner.scan())).toEqual([]);
    line.isCut = false;
    runtime.advance(5_000);
    const kinds = async () => (await Array.fromAsync(inner.scan())).map(({ kind }) => kind);
    await expect.poll(kinds).toEqual(['decided', 'attempted', 'labelled']);
    await router.close();
  });

  test('closing rejects when records are stored nowhere, after the store and the observers are closed', async () => {
    const { store, line } = cuttable('');
    const { spoolPath: _none, ...bare } = store;
    const closed: string[] = [];
    const { router, ask } = await routed(
      [chat('hi')],
      {},
      {
        store: { ...bare, close: async () => void closed.push('store') },
        config: { observers: [{ name: 'o', faulted: () => {}, close: async () => void closed.push('observer') }] },
      },
    );
    line.isCut = true;
    await ask();
    await expect(router.close()).rejects.toMatchObject({ code: 'store-unusable' });
    expect(closed).toEqual(['store', 'observer']);
  });

  test('a ledger that can neither be opened nor spooled gives one warning of the failure, one of the loss, and an error of every outcome and flush', async () => {
    const emit = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const path = join(directory, 'no-such-folder', 'x.db');
    const { router, ask } = await routed([chat('hi')], {}, { store: sqlite(path), config: { observers: [] } });
    const intent = router.feature('support').intent();
    expect((await ask(intent.model)).status).toBe(200);
    for (const call of [() => intent.succeed(), () => router.flush(), () => router.close()])
      await expect(call()).rejects.toMatchObject({ code: 'store-unusable', path });
    const codes = emit.mock.calls.flatMap(([text, more]) =>
      String(text).includes(path) ? [(more as { code?: string }).code] : [],
    );
    expect(codes).toEqual(['STORE_FAILS', 'OUTCOMES_NOT_STORED']);
    emit.mockRestore();
  });

  test('outcomes that a full spool refuses are kept in memory, and all are in the ledger when the store is back', async () => {
    const { inner, store, line } = cuttable('');
    const small = spooling(store, { path: newPath(), nowMs: Date.now, maxBytes: 20_000 });
    const { router, ask } = await routed([chat('hi')], {}, { store: small });
    line.isCut = true;
    const intents = Array.from({ length: 60 }, () => router.feature('support').intent());
    const ends = new Set<string>();
    for (const intent of intents) {
      expect((await ask(intent.model)).status).toBe(200);
      await intent.succeed().then(
        () => ends.add('acknowledged'),
        () => ends.add('refused'),
      );
    }
    expect([...ends]).toEqual(['acknowledged', 'refused']);
    await expect(router.flush()).rejects.toMatchObject({ code: 'store-unusable' });
    line.isCut = false;
    await router.flush();
    for (const { id } of intents)
      expect((await inner.load(id)).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'labelled']);
    expect(await rebuildCells(inner, 'support')).toMatchObject({ corrected: 0 });
    await router.close();
  });

  test('closing ends a sweep that labels silent intents, without a fault', async () => {
    const { inner, store } = cuttable(newPath());
    const runtime = testRuntime();
    const silence = { after: '1h', means: 'success' } as const;
    const { router, ask, faults } = await routed([chat('hi')], { silence }, { store, runtime });
    await Promise.all(Array.from({ length: 700 }, async () => ask()));
    await router.flush();
    runtime.advance(2 * 3_600_000);
    await router.close();
    expect(faults).toEqual([]);
    const labels = (await Array.fromAsync(inner.scan())).filter(({ kind }) => kind === 'labelled');
    expect([0, 500, 700]).toContain(labels.length);
  });
});

test('a store that never answers delays calls and breaks none, and no record is lost', async () => {
  const { inner, store } = cuttable(newPath());
  let isHung = true;
  const releases: (() => void)[] = [];
  const hung =
    <Args extends readonly unknown[], Value>(call: (...args: Args) => Promise<Value>) =>
    async (...args: Args): Promise<Value> => {
      if (isHung) await new Promise<void>(resolve => void releases.push(resolve));
      return call(...args);
    };
  const { router, ask, faults } = await routed(
    [chat('hi')],
    {},
    {
      runtime: { ...systemRuntime(1), after: (ms, callback) => patientAfter(Math.min(ms, 50), callback) },
      store: {
        ...store,
        isPrivate: false,
        commitAll: hung(inner.commitAll),
        load: hung(inner.load),
        cellsSince: hung(inner.cellsSince),
        generations: hung(inner.generations),
      },
    },
  );
  const intent = router.feature('support').intent();
  expect((await ask(intent.model)).status).toBe(200);
  expect(await intent.succeed()).toMatchObject({ state: 'success' });
  expect(faults.map(({ error }) => String(error)).join()).toContain('has not answered within');
  isHung = false;
  releases.forEach(release => release());
  const kinds = async () => (await inner.load(intent.id)).map(({ kind }) => kind);
  await expect.poll(async () => router.flush().then(kinds)).toEqual(['decided', 'attempted', 'labelled']);
  await router.close();
});

describe('a corrupt SQLite file', () => {
  test('a corrupt SQLite file breaks no call, and records made meanwhile are in the ledger when the file is repaired', async () => {
    const path = newPath();
    writeFileSync(path, 'this is not a database '.repeat(100));
    const first = await routed([chat('hi'), chatStream(['a', 'b'])], {}, { store: sqlite(path) });
    const intent = first.router.feature('support').intent();
    expect(await (await first.ask(intent.model)).json()).toMatchObject({ model: 'mini-1' });
    expect(await (await first.ask(intent.model, { stream: true })).text()).toContain('[DONE]');
    await intent.fail({ costUsd: 3 });
    await first.router.flush();
    const codes = first.faults.map(({ error }) => RouterError.isInstance(error) && error.code);
    expect(new Set(codes)).toEqual(new Set(['store-unusable']));
    await first.close();
    // The damaged file is left as it is, so that it can be repaired.
    expect(readdirSync(directory).some(name => join(directory, name) === path)).toBe(true);

    rmSync(path);
    const second = await routed([chat('hi')], {}, { store: sqlite(path) });
    // Another process knows the intent even before the spool has been replayed.
    expect(await second.router.feature('support').resume(intent.id).succeed()).toMatchObject({ state: 'success' });
    expect((await second.ledger()).map(({ kind }) => kind)).toEqual([
      'decided',
      'attempted',
      'attempted',
      'labelled',
      'corrected',
    ]);
    const { grown, rebuilt } = await second.cells();
    expect(grown).toEqual(rebuilt);
    expect((await second.attempts()).map(({ costNanoUsd }) => costNanoUsd)).toEqual([120_000, 104_000]);
    await second.close();
  });

  test('an outcome of an intent that cannot be read from a corrupt file is refused, not lost silently', async () => {
    const path = newPath();
    writeFileSync(path, 'this is not a database '.repeat(100));
    const { router } = await routed([], {}, { store: sqlite(path) });
    await expect(router.feature('support').outcome('elsewhere', { success: true })).rejects.toMatchObject({
      code: 'store-unusable',
    });
    await router.close();
  });
});

test('when the ledger’s folder is removed, calls are answered and outcomes reject, and all are stored once it is back', async () => {
  const folder = mkdtempSync(join(directory, 'removed-'));
  const path = join(folder, 'l.db');
  const { router, ask } = await routed([chat('hi')], {}, { store: sqlite(path) });
  await ask();
  await router.flush();
  rmSync(folder, { recursive: true });
  const intents = Array.from({ length: 20 }, () => router.feature('support').intent());
  for (const intent of intents) {
    expect((await ask(intent.model)).status).toBe(200);
    await expect(intent.succeed()).rejects.toMatchObject({ name: 'RouterError' });
  }
  await expect(router.flush()).rejects.toMatchObject({ name: 'RouterError' });
  mkdirSync(folder);
  await router.close();
  const ledger = sqlite(path);
  for (const { id } of intents)
    expect((await ledger.load(id)).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'labelled']);
  await ledger.close();
});

test('a store that works leaves no spool file', async () => {
  const path = newPath();
  const { ask, close } = await routed([chat('hi')], {}, { store: sqlite(path) });
  await ask();
  await close();
  expect(readdirSync(directory).filter(name => name.startsWith(`${path.split('/').at(-1)}.spool`))).toEqual([]);
});

test('a disabled model gets no request until it is enabled again, even from an intent that has used it', async () => {
  const { router, ask, server } = await routed([chat('hi')]);
  const intent = router.feature('support').intent();
  await ask(intent.model);
  void router.disable('mini');
  await ask(intent.model);
  await ask();
  void router.enable('mini');
  await ask();
  expect(server.models).toEqual(['mini-1', 'premium-1', 'premium-1', 'mini-1']);
  expect(() => router.disable('mni')).toThrow(expect.objectContaining({ code: 'unknown-model' }));
});

test('an unknown feature is refused with the configured names', () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'mini-1', price } },
    features: { support: { candidates: ['mini'], failureCostUsd: 1 } },
  });
  expect(() => router.feature('suport' as never)).toThrow(
    expect.objectContaining({ code: 'unknown-feature', accepted: ['support'] }),
  );
});

test.each([
  ['a feature name with #', { features: { 'a#b': { candidates: ['mini'], failureCostUsd: 1 } } }, 'features["a#b"]'],
  ['no candidates', { features: { a: { candidates: [], failureCostUsd: 1 } } }, 'features.a.candidates'],
  [
    'an object that is not a schema',
    { features: { a: { candidates: ['mini'], failureCostUsd: 1, validate: { type: 'object' } } } },
    'features.a.validate',
  ],
  ['maxTurns: 0', { features: { a: { candidates: ['mini'], failureCostUsd: 1, maxTurns: 0 } } }, 'features.a.maxTurns'],
  [
    'a deadline shorter than the back-off',
    { features: { a: { candidates: ['mini'], failureCostUsd: 1, deadline: 100 } } },
    'features.a.deadline',
  ],
  [
    'a negative failure cost',
    { features: { a: { candidates: ['mini'], failureCostUsd: -1 } } },
    'features.a.failureCostUsd',
  ],
])('%s is refused when the router is created, with its path', (_, config, path) => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const make = () =>
    createRouter({
      models: { mini: { provider: 'openai', model: 'mini-1', price } },
      ...(config as never as object),
    } as never);
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-config', path }));
});

test('a price list with a date in the future is refused when the router is created', () => {
  const make = () => createRouter({ features: {}, models: {}, priceList: { source: 'ours', asOf: '3026-11-28' } });
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-value', path: 'priceList.asOf' }));
});

const ONE_MODEL = { models: { mini: { provider: 'openai', model: 'gpt-5-mini' } } };

test('an unknown model, feature or client is an error that says which argument is wrong', () => {
  const router = createRouter({ features: {}, ...ONE_MODEL } as never) as unknown as Record<string, Loose>;
  expect(refusal(() => router['disable']?.('x')).path).toBe('model');
  expect(refusal(() => router['enable']?.('x')).path).toBe('model');
  expect(refusal(() => router['feature']?.('x')).path).toBe('feature');
  expect(refusal(() => router['wrap']?.({})).path).toBe('client');
});

test.each([undefined, null, 5, {}, Object.create(null), Symbol('mini')])(
  '%o is refused as the name of a feature or a model',
  name => {
    const router = createRouter({ features: {}, ...ONE_MODEL } as never) as unknown as Record<string, Loose>;
    expect(refusal(() => router['feature']?.(name)).code).toBe('unknown-feature');
    expect(refusal(() => router['disable']?.(name)).code).toBe('unknown-model');
  },
);

test.each([undefined, null, 5])('a configuration that is %j, not an object, is refused', config => {
  expect(() => createRouter(config as never)).toThrow(
    expect.objectContaining({ code: 'invalid-config', path: 'configuration' }),
  );
});

describe('wires of the application', () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const models = {
    small: { provider: 'other', model: 'small-1', price },
    large: { provider: 'other', model: 'large-1', price },
  } as const;
  const features = {
    support: {
      candidates: ['small', 'large'],
      failureCostUsd: 15,
      policy: fixed(['small', 'large']),
      checks: { json: true },
    },
  } as const;

  /** An API that no built-in wire reads: `{ model, prompt }` is answered by `{ output, read, written }`. */
  const generate: Wire = Object.freeze<Wire>({
    name: 'generate',
    provider: 'other',
    path: '/v2/generate',
    matches: url => new URL(url).pathname.endsWith('/v2/generate'),
    read(body, prefix) {
      const { model } = JSON.parse(body) as { readonly model?: unknown };
      if (typeof model !== 'string' || !model.startsWith(prefix)) return undefined;
      const parameter = () => undefined;
      return { model, stream: false, capabilities: new Set(), chars: body.length, turns: 1, parameter };
    },
    prepare: (body, _, model) => ({
      body: JSON.stringify({ ...(JSON.parse(body) as object), model }),
      hidesUsageChunk: false,
    }),
    reply(json) {
      const { output, read, written } = json as { output: string; read: number; written: number };
      return { usage: { input: read, output: written }, finish: 'stop', text: output, hasToolCalls: false };
    },
    reader: () => openaiChat.reader({ hidesUsageChunk: false, wantsText: false }),
    readError: (_, status) => (status >= 400 ? { about: status >= 500 ? 'fault' : 'request' } : undefined),
  });

  const answer =
    (output: string): Answer =>
    (_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ output, read: 100, written: 10 }));

  test('requests of another API are routed, judged and charged, and climb', async () => {
    const server = await scriptedServer({ 'small-1': [answer('not JSON')], 'large-1': [answer('{"ok":true}')] });
    const router = createRouter({ models, features, wires: [generate] });
    const intent = router.feature('support').intent();
    const body = JSON.stringify({ model: intent.model, prompt: 'Hello' });
    const response = await router.fetch(`${server.url}/v2/generate`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ output: '{"ok":true}' });
    expect(server.received.map(({ path, body: sent }) => [path, sent])).toEqual([
      ['/v2/generate', { model: 'small-1', prompt: 'Hello' }],
      ['/v2/generate', { model: 'large-1', prompt: 'Hello' }],
    ]);
    expect(router.receipt(response)).toMatchObject({ costUsd: 0.00024, plan: ['small', 'large'] });
    await router.close();
    await server.close();
  });

  test('a wire of the application is asked before the built-in ones', async () => {
    const server = await scriptedServer([chat('hi')]);
    const asked: string[] = [];
    const own = Object.freeze<Wire>({
      ...openaiChat,
      name: 'own-chat',
      reply(json) {
        asked.push('own');
        return openaiChat.reply(json);
      },
    });
    const router = createRouter({
      models: { mini: { provider: 'openai', model: 'mini-1', price } },
      features: { support: { candidates: ['mini'], failureCostUsd: 15 } },
      wires: [own],
    });
    const body = JSON.stringify({ model: router.feature('support').model, messages: [] });
    await router.fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body });
    expect(asked).toEqual(['own']);
    await router.close();
    await server.close();
  });
});
