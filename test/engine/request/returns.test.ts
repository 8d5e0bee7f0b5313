import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { memory } from '../../../src/stores/memory.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import type { Feature, Routed, Script } from '../../support/routed.ts';
import { closeAll, routed } from '../../support/routed.ts';
import type { Answer } from '../../support/scripted-server.ts';
import { chat, chatStream, json, status } from '../../support/scripted-server.ts';
import { describeOnPostgres, newSchema, openPostgres } from '../../support/postgres.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();
afterEach(closeAll);

const HOUR = 3_600_000;
const returns = { within: '24h', means: 'failure' } as const satisfies Feature['returns'];
const signals = { resolved: true } as const;
/** A test clock on which no sweep runs by itself. */
const unswept = () => ({ ...testRuntime(), every: () => () => {} });

const visited = (it: Routed, session: string | undefined, id?: string) =>
  it.router
    .feature('support')
    .intent({ ...(session === undefined ? {} : { session }), ...(id === undefined ? {} : { id }) });

/** Asks once in the session, as a new intent. */
async function visit(it: Routed, session: string | undefined, id?: string) {
  const intent = visited(it, session, id);
  await it.ask(intent.model);
  await it.router.flush();
  return intent;
}

/** What the evidence in the ledger says, in order: `i1 return false`. */
async function said(it: Routed): Promise<readonly string[]> {
  const records = await it.ledger();
  return records.flatMap(record =>
    'evidence' in record ? [`${record.intentId} ${record.evidence.source} ${record.evidence.success}`] : [],
  );
}

/** Of the feature's intents, in all hours: how many, how many have an outcome, and what the failures cost. The ledger must say the same. */
async function counted(it: Routed) {
  const { grown, rebuilt } = await it.cells();
  expect(grown).toEqual(rebuilt);
  const plans = (await it.store.cells('support')).filter(({ key }) => key.scope === 'plan');
  const total = (of: (sums: (typeof plans)[number]['sums']) => bigint | undefined): number =>
    Number(plans.reduce((sum, { sums }) => sum + (of(sums) ?? 0n), 0n));
  return {
    intents: total(({ n }) => n),
    labelled: total(({ labelled }) => labelled),
    failureUsd: total(({ failureCost }) => failureCost) / 1e9,
  };
}

async function served(script: Script = [chat('hi')], feature: Feature = {}) {
  const runtime = unswept();
  const it = await routed(script, { returns, signals, ...feature }, { runtime });
  return { ...it, runtime };
}

describe('a user who comes back', () => {
  test('a new intent of the session is evidence that the session’s last answer has failed, but not an earlier one', async () => {
    const it = await served();
    for (const id of ['i1', 'i2', 'i3']) {
      await visit(it, 's1', id);
      it.runtime.advance(HOUR);
    }
    expect(await said(it)).toEqual(['i1 return false', 'i2 return false']);
    expect(await counted(it)).toEqual({ intents: 3, labelled: 2, failureUsd: 30 });
  });

  test.each([
    [24 * HOUR, ['i1 return false']],
    [24 * HOUR + 1, []],
  ])('a new intent %i ms after the end of the answer, with a limit of 24 h, counts as %j', async (waitMs, expected) => {
    const it = await served();
    await visit(it, 's1', 'i1');
    it.runtime.advance(waitMs);
    await visit(it, 's1', 'i2');
    expect(await said(it)).toEqual(expected);
  });

  test('a new intent is not evidence about another session, nor without a session', async () => {
    const it = await served();
    await visit(it, 's1', 'i1');
    await visit(it, 's2', 'i2');
    await visit(it, undefined, 'i3');
    await visit(it, undefined, 'i4');
    expect(await said(it)).toEqual([]);
  });

  test('a new intent is not evidence where the feature does not say what a return means', async () => {
    const it = await routed([chat('hi')]);
    await visit(it, 's1', 'i1');
    await visit(it, 's1', 'i2');
    expect(await said(it)).toEqual([]);
  });

  test('a further turn of the same intent is not evidence of a return', async () => {
    const it = await served();
    const intent = await visit(it, 's1', 'i1');
    await it.ask(intent.model);
    expect(await said(it)).toEqual([]);
  });

  test('a new intent before the answer has ended is not evidence: two questions at once are not a return', async () => {
    const release: (() => void)[] = [];
    const slow: Answer = (request, response) => void release.push(() => chat('hi')(request, response));
    const it = await served([slow, slow]);
    const both = ['i1', 'i2'].map(async id => it.ask(visited(it, 's1', id).model));
    await expect.poll(() => release).toHaveLength(2);
    it.runtime.advance(HOUR);
    for (const end of release) end();
    await Promise.all(both);
    expect(await said(it)).toEqual([]);
  });

  test('an intent that no model has answered is skipped: the return counts against the answered intent before it', async () => {
    const it = await served(
      { 'mini-1': [chat('hi'), status(503), chat('hi')], 'premium-1': [status(503)] },
      { retries: 0 },
    );
    for (const id of ['i1', 'i2', 'i3']) await visit(it, 's1', id);
    // The second intent came back to the first answer, and the third did again.
    expect(await said(it)).toEqual(['i1 return false', 'i1 return false']);
    expect(await counted(it)).toEqual({ intents: 3, labelled: 1, failureUsd: 15 });
  });

  test('a new intent counts as a return once, whichever of its requests comes first', async () => {
    const it = await served();
    await visit(it, 's1', 'i1');
    const { model } = visited(it, 's1', 'i2');
    await Promise.all([it.ask(model), it.ask(model)]);
    await it.ask(model);
    expect(await said(it)).toEqual(['i1 return false']);
  });

  test('the time of a stream is counted from its end', async () => {
    const it = await served([chatStream(['a', 'b']), chat('hi')]);
    const { model } = visited(it, 's1', 'i1');
    await (await it.ask(model, { stream: true })).text();
    await it.router.flush();
    await visit(it, 's1', 'i2');
    expect(await said(it)).toEqual(['i1 return false']);
  });

  test('the time of a reply in the background is counted from its retrieval', async () => {
    const reply = (state: string, usage: object | null) => json({ id: 'resp_1', status: state, output: [], usage });
    const it = await served([
      reply('queued', null),
      chat('hi'),
      reply('completed', { input_tokens: 9, output_tokens: 1 }),
    ]);
    const url = `${it.server.url}/v1/responses`;
    const body = JSON.stringify({ model: visited(it, 's1', 'i1').model, input: 'Hi', background: true });
    await (await it.router.fetch(url, { method: 'POST', body })).json();
    await visit(it, 's1', 'i2');
    expect(await said(it)).toEqual([]);
    it.runtime.advance(HOUR);
    await (await it.router.fetch(`${url}/resp_1`)).json();
    await it.router.flush();
    await visit(it, 's1', 'i3');
    expect(await said(it)).toEqual(['i1 return false']);
  });
});

describe('the rank of a return', () => {
  test('a return outranks silence, whichever comes first, and the label is corrected', async () => {
    const it = await served([chat('hi')], { silence: { after: '1h', means: 'success' } });
    const intent = await visit(it, 's1', 'i1');
    it.runtime.advance(2 * HOUR);
    expect(await it.router.labelSilentIntents()).toBe(1);
    await visit(it, 's1', 'i2');
    expect(await said(it)).toEqual(['i1 silence true', 'i1 return false']);
    it.runtime.advance(2 * HOUR);
    expect(await it.router.labelSilentIntents()).toBe(1);
    expect(await said(it)).toEqual(['i1 silence true', 'i1 return false', 'i2 silence true']);
    expect(await intent.revoke()).toMatchObject({ state: 'failure', source: 'return' });
  });

  test('signals and explicit outcomes outrank a return, earlier or later', async () => {
    const it = await served();
    const early = await visit(it, 's1', 'i1');
    await early.signal('resolved' as never);
    const late = await visit(it, 's1', 'i2');
    await visit(it, 's1', 'i3');
    expect(await early.fail()).toMatchObject({ state: 'failure', source: 'explicit' });
    expect(await early.revoke()).toMatchObject({ state: 'success', source: 'implicit' });
    expect(await late.succeed()).toMatchObject({ state: 'success', source: 'explicit' });
    expect(await late.revoke()).toMatchObject({ state: 'failure', source: 'return' });
  });

  test('the application withdraws a return if the user came back about something else, and silence counts again', async () => {
    const it = await served([chat('hi')], { silence: { after: '1h', means: 'success' } });
    const intent = await visit(it, 's1', 'i1');
    const { model } = await visit(it, 's1', 'i2');
    expect(await intent.revoke('return')).toMatchObject({ state: 'pending' });
    await it.ask(model);
    expect(await said(it)).toEqual(['i1 return false', 'i1 return null']);
    it.runtime.advance(2 * HOUR);
    expect(await it.router.labelSilentIntents()).toBe(2);
    expect(await intent.revoke('return')).toMatchObject({ state: 'success', source: 'silence' });
    const { grown, rebuilt } = await it.cells();
    expect(grown).toEqual(rebuilt);
  });
});

/** Two processes on one store, each with a clock that the test sets. */
async function acrossProcesses(open: () => Store | Promise<Store>) {
  // PostgreSQL forgets sessions by its own clock.
  const runtime = { ...testRuntime({ startMs: Date.now() }), every: () => () => {} };
  const [here, there] = (await Promise.all(
    [open(), open()].map(async store => routed([chat('hi')], { returns }, { runtime, store: await store })),
  )) as [Routed, Routed];
  await visit(here, 's1', 'i1');
  runtime.advance(HOUR);
  await visit(there, 's1', 'i2');
  runtime.advance(HOUR);
  await visit(here, 's1', 'i3');
  expect((await said(here)).toSorted()).toEqual(['i1 return false', 'i2 return false']);
  expect(await there.router.feature('support').resume('i2').revoke('return')).toMatchObject({ state: 'pending' });
  // A turn in the other process is the last answer of the session.
  runtime.advance(HOUR);
  await there.ask(there.router.feature('support').resume('i1').model);
  await there.router.flush();
  await visit(here, 's1', 'i4');
  expect((await said(here)).toSorted()).toEqual([
    'i1 return false',
    'i1 return false',
    'i2 return false',
    'i2 return null',
  ]);
  const { grown, rebuilt } = await here.cells();
  expect(grown).toEqual(rebuilt);
  expect(here.faults.concat(there.faults)).toEqual([]);
  await Promise.all([here.close(), there.close()]);
}

describe('two processes', () => {
  test('two processes on one SQLite file know each other’s answers', async () => {
    const path = join(directory, 'returns.db');
    await acrossProcesses(() => sqlite(path));
  });

  test('a process that starts again on its file knows the last answers', async () => {
    const path = join(directory, 'again.db');
    const runtime = unswept();
    const before = await routed([chat('hi')], { returns }, { runtime, store: sqlite(path) });
    await visit(before, 's1', 'i1');
    await before.close();
    const after = await routed([chat('hi')], { returns }, { runtime, store: sqlite(path) });
    await visit(after, 's1', 'i2');
    expect(await said(after)).toEqual(['i1 return false']);
    await after.close();
  });
});

describe('a process that learns late of an answer by another', () => {
  /** One process asks as `first`; before it can read the last answer, another has answered `second`. */
  async function raced(first: string, second: string, waitMs: number) {
    const runtime = unswept();
    const store = memory();
    const gate = Promise.withResolvers<void>();
    const late = {
      ...store,
      sessions: async (ids: readonly string[]) => (await gate.promise, store.sessions?.(ids)) ?? [],
    };
    // The call itself must not wait for the session.
    const feature = { returns, sessionCosts: false };
    const here = await routed([chat('hi')], feature, { runtime, store: late });
    const there = await routed([chat('hi')], feature, { runtime, store });
    await here.ask(visited(here, 's1', first).model);
    runtime.advance(waitMs);
    await visit(there, 's1', second);
    gate.resolve();
    return said(here);
  }

  test('a user who asked before another process’s answer ended did not come back because of that answer', async () => {
    expect(await raced('i2', 'i1', 1000)).toEqual([]);
    expect(await raced('i2', 'i1', 0)).toEqual(['i1 return false']);
  });

  test('an intent that both processes have answered does not count as its own return', async () => {
    expect(await raced('i1', 'i1', 0)).toEqual([]);
  });
});

describeOnPostgres('returns', () => {
  test('two processes on one PostgreSQL know each other’s answers', async () => {
    const schema = newSchema();
    await acrossProcesses(async () => openPostgres(schema));
  });
});

describe('a store that fails', () => {
  test('a store that fails breaks no call: the failed read is reported, and adds no evidence', async () => {
    const store = { ...memory(), sessions: () => Promise.reject(new Error('down')) };
    const it = await routed([chat('hi')], { returns }, { store });
    const intent = visited(it, 's1', 'i1');
    expect((await it.ask(intent.model)).status).toBe(200);
    await it.router.flush();
    expect(it.faults.filter(({ where }) => where === 'store').length).toBeGreaterThan(0);
    expect(await said(it)).toEqual([]);
  });

  test('a store that hangs delays no call', async () => {
    const store = { ...memory(), sessions: async () => new Promise<never>(() => {}) };
    const it = await routed([chat('hi')], { returns }, { store });
    expect((await it.ask(visited(it, 's1', 'i1').model)).status).toBe(200);
  });
});
