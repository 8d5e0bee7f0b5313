import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/contracts/observer.ts';
import type { Intent } from '../../../src/core/ledger/records.ts';
import { RouterError } from '../../../src/errors.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { silenceSweeps } from '../../../src/engine/request/silence-sweep.ts';
import type { MakeRecords } from '../../../src/engine/state/pending-records.ts';
import { memory } from '../../../src/stores/memory.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { closeAll, routed } from '../../support/routed.ts';
import type { Answer } from '../../support/scripted-server.ts';
import { chat, status } from '../../support/scripted-server.ts';
import { made } from '../../core/support/cells.ts';
import { AT_MS, attempt } from '../../core/support/intents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { resolvedFeature } from '../state/resolved.ts';
import { answered, signals } from './answered.ts';

const directory = temporaryFolder();
afterEach(closeAll);

const HOUR = 3_600_000;
const quiet = { silence: { after: '1h', means: 'success' } } as const;
/** A test clock on which no sweep runs by itself. */
const unswept = () => ({ ...testRuntime(), every: () => () => {} });

/** A file whose store has an intent that silence labels now, and the process that began it. */
async function dueInFile(name: string) {
  const path = join(directory, name);
  const runtime = unswept();
  const here = await answered(quiet, { runtime, store: sqlite(path) });
  await here.router.flush();
  runtime.advance(2 * HOUR);
  return { path, runtime, here };
}

test('silence labels an intent at the end of its window, and not before', async () => {
  const runtime = unswept();
  const { router, intent, ledger } = await answered(quiet, { runtime });
  await router.flush();
  runtime.advance(HOUR - 1_000);
  expect(await router.labelSilentIntents()).toBe(0);
  runtime.advance(2_000);
  expect(await router.labelSilentIntents()).toBe(1);
  expect(await router.labelSilentIntents()).toBe(0);
  expect((await ledger()).at(-1)).toMatchObject({
    kind: 'labelled',
    intentId: intent.id,
    evidence: { source: 'silence', success: true },
  });
});

test('an intent without a reply is not labelled by silence: an outage satisfies no user', async () => {
  const runtime = unswept();
  const { router, ask, ledger } = await routed([status(503)], { ...quiet, retries: 0 }, { runtime });
  expect((await ask()).status).toBe(503);
  await router.flush();
  runtime.advance(2 * HOUR);
  expect(await router.labelSilentIntents()).toBe(0);
  expect((await ledger()).map(({ kind }) => kind)).not.toContain('labelled');
});

test('an intent with a request in flight is not labelled by silence', async () => {
  const runtime = unswept();
  const release: (() => void)[] = [];
  const slow: Answer = (request, response) => void release.push(() => chat('hi')(request, response));
  const { router, ask, ledger } = await routed([chat('hi'), slow], quiet, { runtime });
  const intent = router.feature('support').intent();
  await ask(intent.model);
  await router.flush();
  const second = ask(intent.model);
  await expect.poll(() => release).toHaveLength(1);
  runtime.advance(2 * HOUR);
  expect(await router.labelSilentIntents()).toBe(0);
  release[0]?.();
  await second;
  runtime.advance(2 * HOUR);
  expect(await router.labelSilentIntents()).toBe(1);
  expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'attempted', 'labelled']);
});

test('an intent whose stream is still being read is not labelled by silence', async () => {
  const runtime = unswept();
  const finish: (() => void)[] = [];
  const slow: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: {"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}\n\n');
    finish.push(() => void response.end('data: [DONE]\n\n'));
  };
  const { router, ask, ledger } = await routed([chat('hi'), slow], quiet, { runtime });
  const intent = router.feature('support').intent();
  await ask(intent.model);
  const reader = (await ask(intent.model, { stream: true })).body?.getReader();
  await reader?.read();
  await router.flush();
  runtime.advance(2 * HOUR);
  expect(await router.labelSilentIntents()).toBe(0);
  finish[0]?.();
  while ((await reader?.read())?.done === false);
  await router.flush();
  runtime.advance(2 * HOUR);
  expect(await router.labelSilentIntents()).toBe(1);
  expect((await ledger()).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'attempted', 'labelled']);
});

test('a report’s success rate leaves out intents that still await silence: their early labels are mostly failures', async () => {
  const runtime = unswept();
  const { router, signal } = await answered(quiet, { runtime });
  await signal('contactedSupport');
  const [early] = (await router.report()).features;
  expect(early).toMatchObject({ intents: 1, failures: 1, awaitingSilence: 1, success: { value: Number.NaN } });
  runtime.advance(2 * HOUR);
  expect((await router.report()).features[0]).toMatchObject({ awaitingSilence: 0, success: { value: 0 } });
});

test('due intents are labelled by a sweep, without a call', async () => {
  const runtime = testRuntime();
  const { router, ledger } = await answered(quiet, { runtime });
  await router.flush();
  runtime.advance(2 * HOUR);
  while ((await ledger()).length < 3) await new Promise(setImmediate);
  expect((await ledger()).at(-1)).toMatchObject({ evidence: { source: 'silence' } });
  await router.close();
});

test('the silence window starts at the last reply, so another turn restarts it', async () => {
  const runtime = unswept();
  const { router, ask, intent } = await answered(quiet, { runtime });
  runtime.advance(HOUR / 2);
  await ask(intent.model);
  await router.flush();
  runtime.advance(HOUR / 2 + 1_000);
  expect(await router.labelSilentIntents()).toBe(0);
  runtime.advance(HOUR / 2);
  expect(await router.labelSilentIntents()).toBe(1);
});

test('all other evidence outranks silence, earlier or later', async () => {
  const runtime = unswept();
  const { router, signal, intent, plan } = await answered(quiet, { runtime });
  await router.flush();
  runtime.advance(2 * HOUR);
  await router.labelSilentIntents();
  expect(await plan()).toMatchObject({ successes: 1n });
  expect(await signal('contactedSupport')).toMatchObject({ state: 'failure', source: 'implicit' });
  expect(await plan()).not.toHaveProperty('successes');
  expect(await intent.succeed()).toMatchObject({ state: 'success', source: 'explicit' });
  runtime.advance(2 * HOUR);
  expect(await router.labelSilentIntents()).toBe(0);
});

describe('a turn after silence has labelled the intent', () => {
  const labelled = async (feature: Parameters<typeof answered>[0]) => {
    const runtime = unswept();
    const it = await answered(feature, { runtime });
    await it.router.flush();
    runtime.advance(2 * HOUR);
    expect(await it.router.labelSilentIntents()).toBe(1);
    return { ...it, runtime };
  };

  test.each([
    ['success', { successes: 1n }],
    ['failure', { labelled: 1n }],
    ['unknown', { unknown: 1n }],
  ] as const)(
    'a turn after silence has labelled the intent withdraws the label (%s), and the window starts again with its reply',
    async (means, label) => {
      const { router, runtime, ask, intent, plan, ledger, cells } = await labelled({ silence: { after: '1h', means } });
      const before = await plan();
      expect(before).toMatchObject(label);
      await ask(intent.model);
      await router.flush();
      const now = await plan();
      for (const name of ['labelled', 'successes', 'unknown', 'failureCost']) expect(now).not.toHaveProperty(name);
      expect(await router.labelSilentIntents()).toBe(0);
      runtime.advance(HOUR + 1_000);
      expect(await router.labelSilentIntents()).toBe(1);
      expect(await plan()).toMatchObject(label);
      expect(
        (await ledger()).flatMap(record => ('evidence' in record ? [record.evidence.isWithdrawal ?? false] : [])),
      ).toEqual([false, true, false]);
      const { grown, rebuilt } = await cells();
      expect(grown).toEqual(rebuilt);
    },
  );

  test('a turn after silence has labelled the intent withdraws the label that another process gave, which this one has not read', async () => {
    const { path, runtime, here } = await dueInFile('labelled-there.db');
    const there = await routed([], quiet, { runtime, store: sqlite(path) });
    expect(await there.router.labelSilentIntents()).toBe(1);
    await here.ask(here.intent.model);
    expect((await here.ledger()).map(({ kind }) => kind)).toEqual([
      'decided',
      'attempted',
      'labelled',
      'corrected',
      'attempted',
    ]);
    runtime.advance(2 * HOUR);
    expect(await there.router.labelSilentIntents()).toBe(1);
    await Promise.all([here.close(), there.close()]);
  });

  test('a turn after silence has labelled the intent withdraws the label of silence even if an outcome outranks it', async () => {
    const { router, ask, intent, ledger } = await labelled(quiet);
    await intent.fail();
    await ask(intent.model);
    await router.flush();
    await ask(intent.model);
    await router.flush();
    expect(await intent.revoke()).toMatchObject({ state: 'pending' });
    const withdrawals = (await ledger()).filter(record => 'evidence' in record && record.evidence.isWithdrawal);
    expect(withdrawals).toHaveLength(1);
  });

  test('a turn after silence has labelled the intent leaves the label if the feature is configured so', async () => {
    const { ask, intent, plan, router } = await labelled({
      silence: { after: '1h', means: 'success', laterTurn: 'keeps' },
    });
    await ask(intent.model);
    await router.flush();
    expect(await plan()).toMatchObject({ successes: 1n });
  });

  test.each(['implicit', 'explicit'])(
    'a turn after silence has labelled the intent leaves %s evidence',
    async source => {
      const { ask, intent, signal, plan, router } = await labelled(quiet);
      await (source === 'explicit' ? intent.fail() : signal('contactedSupport'));
      await ask(intent.model);
      await router.flush();
      expect(await plan()).toMatchObject({ labelled: 1n, failureCost: expect.any(BigInt) as bigint });
    },
  );
});

test('silence that is configured to mean `unknown` leaves the intent unknown, not failed', async () => {
  const runtime = unswept();
  const { router, ledger, plan } = await answered({ silence: { after: '1h', means: 'unknown' } }, { runtime });
  await router.flush();
  runtime.advance(2 * HOUR);
  expect(await router.labelSilentIntents()).toBe(1);
  expect((await ledger()).at(-1)).toMatchObject({ evidence: { source: 'silence', success: null } });
  expect(await plan()).not.toHaveProperty('labelled');
  expect(await router.labelSilentIntents()).toBe(0);
});

test('silence labels the intents of an earlier process on the same file', async () => {
  const { path, runtime, here: before } = await dueInFile('silence.db');
  await before.close();
  const after = await routed([], { ...quiet, signals }, { runtime, store: sqlite(path) });
  expect(await after.router.labelSilentIntents()).toBe(1);
  expect(await after.router.feature('support').resume(before.intent.id).fail()).toMatchObject({ state: 'failure' });
  await after.close();
});

test('silence labels an intent again that another process has continued since this one labelled it', async () => {
  const { path, runtime, here } = await dueInFile('continued.db');
  expect(await here.router.labelSilentIntents()).toBe(1);
  const there = await routed([chat('hi')], quiet, { runtime, store: sqlite(path) });
  await there.ask(here.intent.model);
  await there.close();
  expect(await here.router.labelSilentIntents()).toBe(0);
  runtime.advance(2 * HOUR);
  expect(await here.router.labelSilentIntents()).toBe(1);
  expect((await here.ledger()).map(({ kind }) => kind)).toEqual([
    'decided',
    'attempted',
    'labelled',
    'corrected',
    'attempted',
    'corrected',
  ]);
  await here.close();
});

test('two processes share the due intents, and those that a killed process has claimed are labelled when its lease ends', async () => {
  const { path, runtime, here: first } = await dueInFile('shared.db');
  const killed = sqlite(path);
  expect(await killed.claimDue(runtime.nowMs(), 1, 5_000)).toHaveLength(1);
  expect(await first.router.labelSilentIntents()).toBe(0);
  runtime.advance(5_000);
  expect(await first.router.labelSilentIntents()).toBe(1);
  await killed.close();
  await first.close();
});

test('intents of a feature that is no longer configured are left unlabelled, and the sweep ends', async () => {
  const store = memory();
  const runtime = unswept();
  const before = await answered(quiet, { runtime, store });
  await before.router.flush();
  runtime.advance(2 * HOUR);
  const after = await routed([], {}, { runtime, store });
  expect(await after.router.labelSilentIntents()).toBe(0);
});

describe('a sweep over many intents', () => {
  /** An engine with due intents of feature `f`, or of features that are not configured, and the sweeps that it asks for. */
  function sweeping({ due = 0, unconfigured = 0, windows = ['1h'] as string[] } = {}) {
    const runtime = testRuntime({ startMs: AT_MS + 100 * HOUR });
    const unlabelled = new Map<string, Intent>();
    for (let i = 0; i < due; i++) unlabelled.set(`due ${i}`, made({}));
    const other = made({});
    const strange: Intent = { ...other, decided: { ...other.decided, feature: 'unconfigured' } };
    for (let i = 0; i < unconfigured; i++) unlabelled.set(`strange ${i}`, strange);
    const faults: Fault[] = [];
    const intervals: number[] = [];
    const claimedUntilMs = new Map<string, number>();
    const state = { isBroken: false, reads: 0, loads: 0 };
    const silences = windows.map(after => resolvedFeature({ silence: { after: after as '1h', means: 'success' } }));
    const engine = {
      config: { features: new Map(silences.map((config, i) => [i === 0 ? 'f' : `f${i}`, config])) },
      runtime: {
        ...runtime,
        every: (ms: number, callback: () => void) => (intervals.push(ms), runtime.every(ms, callback)),
      },
      store: {
        async claimDue(nowMs: number, limit: number, leaseMs: number) {
          state.reads++;
          if (state.isBroken) throw new Error('gone');
          const free = [...unlabelled.keys()].filter(id => (claimedUntilMs.get(id) ?? nowMs) <= nowMs).slice(0, limit);
          for (const id of free) claimedUntilMs.set(id, nowMs + leaseMs);
          return free;
        },
      },
      book: {
        isHeld: () => false,
        async append(id: string, make: MakeRecords) {
          state.loads++;
          if (make(unlabelled.get(id)).length > 0) unlabelled.delete(id);
          return undefined;
        },
      },
      faulted: (fault: Fault) => void faults.push(fault),
    } as unknown as Engine;
    return { engine, unlabelled, faults, intervals, state, runtime };
  }

  test('all due intents are labelled, however many pages they fill', async () => {
    const { engine, unlabelled } = sweeping({ due: 1_200 });
    expect([await silenceSweeps(engine).sweep(), unlabelled.size]).toEqual([1_200, 0]);
  });

  test('an intent that the store lists as due is not labelled when a later reply is known to this process', async () => {
    const { engine, unlabelled } = sweeping();
    unlabelled.set('i', made({ attempts: [attempt('mini', 1, { startedAtMs: AT_MS + 99.5 * HOUR })] }));
    expect([await silenceSweeps(engine).sweep(), unlabelled.size]).toEqual([0, 1]);
  });

  test('a full page of intents that are in flight ends the sweep', async () => {
    const { engine, unlabelled } = sweeping({ due: 600 });
    const held = { ...engine, book: { ...engine.book, isHeld: () => true } } as Engine;
    expect([await silenceSweeps(held).sweep(), unlabelled.size]).toEqual([0, 600]);
  });

  test.each([600, 5_000])(
    'intents that are due after %i intents of unknown features are labelled, and each intent of an unknown feature is loaded once',
    async unconfigured => {
      const { engine, unlabelled, state, runtime } = sweeping({ unconfigured });
      for (let i = 0; i < 700; i++) unlabelled.set(`due ${i}`, made({}));
      const sweeps = silenceSweeps(engine);
      expect([await sweeps.sweep(), unlabelled.size, state.loads]).toEqual([700, unconfigured, unconfigured + 700]);
      unlabelled.set('later', made({}));
      runtime.advance(5_000);
      expect([await sweeps.sweep(), unlabelled.size, state.loads]).toEqual([1, unconfigured, unconfigured + 701]);
      unlabelled.clear();
      runtime.advance(5_000);
      expect([await sweeps.sweep(), state.loads]).toEqual([0, unconfigured + 701]);
    },
  );

  test('a sweep ends even with very many intents of features that no process has any more', async () => {
    const { engine, unlabelled } = sweeping({ unconfigured: 100_000 });
    unlabelled.set('due', made({}));
    expect(await silenceSweeps(engine).sweep()).toBe(0);
  });

  test.each([
    [['1h'], [60_000]],
    [['1m', '1h'], [6_000]],
    [['1s'], [1_000]],
    [[], []],
  ])(
    'for the windows %j, sweeps run every %j ms: a tenth of the shortest window, from 1 s to 60 s',
    (windows, intervals) => {
      const it = sweeping({ windows });
      silenceSweeps(it.engine);
      expect(it.intervals).toEqual(intervals);
    },
  );

  test('a sweep that fails is reported as a fault, and the next one runs', async () => {
    const { engine, unlabelled, faults, state, runtime } = sweeping({ due: 1 });
    const sweeps = silenceSweeps(engine);
    state.isBroken = true;
    runtime.advance(60_000);
    await new Promise(setImmediate);
    expect([faults.map(({ where }) => where), unlabelled.size]).toEqual([['store'], 1]);
    state.isBroken = false;
    runtime.advance(60_000);
    await new Promise(setImmediate);
    expect(unlabelled.size).toBe(0);
    await sweeps.stop();
    runtime.advance(600_000);
    expect(state.reads).toBe(2);
  });

  test('an intent that cannot be read or labelled fails the sweep, after every other one is labelled', async () => {
    const { engine, unlabelled } = sweeping({ due: 1_200 });
    const { append } = engine.book;
    const book: Pick<typeof engine.book, 'append'> = {
      append: async (id, make) => {
        if (id === 'due 3') throw new RouterError('store-unusable', 'a row is damaged');
        return append(id, make);
      },
    };
    const sweeps = silenceSweeps({ ...engine, book: { ...engine.book, ...book } });
    await expect(sweeps.sweep()).rejects.toThrow('a row is damaged');
    expect([...unlabelled.keys()]).toEqual(['due 3']);
  });

  test('after a sweep that passed over intents of other processes’ features, those processes get time to claim them', async () => {
    const { engine, unlabelled, state, runtime } = sweeping({ unconfigured: 1, windows: ['1s'] });
    const sweeps = silenceSweeps(engine);
    const readsAfter = async (ms: number): Promise<number> => {
      for (let second = 0; second < ms; second += 1_000) {
        runtime.advance(1_000);
        await new Promise(setImmediate);
      }
      return state.reads;
    };
    expect([await readsAfter(1_000), await readsAfter(9_000), await readsAfter(1_000)]).toEqual([1, 1, 2]);
    unlabelled.clear();
    expect([await readsAfter(10_000), await readsAfter(2_000)]).toEqual([3, 5]);
    await sweeps.stop();
  });

  test('stopping waits for the page that a sweep labels, and no page is read after it', async () => {
    const { engine, unlabelled, state, faults, runtime } = sweeping({ due: 2_000 });
    const { claimDue } = engine.store;
    const stopped = new Promise<void>(resolve => {
      const stopsAtFirst: typeof claimDue = async (...claim) => (resolve(sweeps.stop()), claimDue(...claim));
      Object.assign(engine.store, { claimDue: stopsAtFirst });
    });
    const sweeps = silenceSweeps(engine);
    runtime.advance(60_000);
    await stopped;
    expect([state.reads, unlabelled.size, faults]).toEqual([1, 1_500, []]);
    expect([await sweeps.sweep(), state.reads]).toEqual([0, 1]);
  });

  test('sweeps run one after the other: at most one sweep of the timer waits, and a caller’s sweep waits for it', async () => {
    const { engine, unlabelled, state, runtime } = sweeping({ due: 600 });
    const sweeps = silenceSweeps(engine);
    runtime.advance(600_000);
    expect([await sweeps.sweep(), unlabelled.size, state.reads]).toEqual([0, 0, 3]);
  });
});
