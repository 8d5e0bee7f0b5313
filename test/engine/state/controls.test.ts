import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/contracts/observer.ts';
import type { Store } from '../../../src/contracts/store.ts';
import type { NewControl } from '../../../src/engine/state/controls.ts';
import { storedControls } from '../../../src/engine/state/controls.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const routers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(routers.splice(0).map(async router => router.close()));
});

const OFF: NewControl = { kind: 'disabled', subject: 'mini', isSet: true };
const ON: NewControl = { ...OFF, isSet: false };

/** Two processes on one store, which other processes may write to. */
function processes(store: Store = { ...memory(), isPrivate: false }) {
  const runtime = testRuntime();
  const make = () => {
    const applied: NewControl[] = [];
    const faults: unknown[] = [];
    const controls = storedControls({
      store,
      runtime,
      refreshMs: 1_000,
      apply: ({ kind, subject, isSet }) => void applied.push({ kind, subject, isSet }),
      faulted: error => void faults.push(error),
    });
    return { controls, applied, faults };
  };
  return { runtime, store, one: make(), two: make() };
}

describe('controls in the store', () => {
  test('a control is in the store with its revision, its time, who set it and why, and so are the settings before', async () => {
    const { one, store, runtime } = processes();
    const atMs = runtime.nowMs();
    await one.controls.set(OFF, { by: 'ann', why: 'the provider is down' });
    runtime.advance(10);
    await one.controls.set(ON, {});
    const off = { isSet: true, atMs, by: 'ann', why: 'the provider is down' };
    expect(await store.controls?.()).toEqual([{ ...ON, revision: 2, atMs: atMs + 10, earlier: [off] }]);
    for (let i = 0; i < 30; i++) await one.controls.set(OFF, { why: String(i) });
    const [{ earlier = [] } = {}] = (await store.controls?.()) ?? [];
    expect(earlier.map(({ why }) => why)).toEqual(Array.from({ length: 20 }, (_, index) => String(28 - index)));
  });

  test('a control is applied by another process within one refresh, once for each time that it was set', async () => {
    const { one, two, runtime } = processes();
    await two.controls.ready();
    expect(two.controls.ready()).toBeUndefined();
    await one.controls.set(OFF, {});
    runtime.advance(999);
    expect(two.applied).toEqual([]);
    runtime.advance(1);
    await expect.poll(() => two.applied).toEqual([OFF]);
    runtime.advance(5_000);
    await one.controls.set(ON, {});
    runtime.advance(1_000);
    await expect.poll(() => two.applied).toEqual([OFF, ON]);
    expect(two.faults).toEqual([]);
  });

  test('a process that has stopped no longer reads the store, and one that never started can stop', async () => {
    const { one, two, runtime } = processes();
    await two.controls.ready();
    two.controls.stop();
    one.controls.stop();
    await one.controls.set(OFF, {});
    runtime.advance(10_000);
    await new Promise(setImmediate);
    expect(two.applied).toEqual([]);
  });

  test('a control that a process sets is not undone by an older one that is read meanwhile', async () => {
    const { one, two, runtime } = processes();
    await one.controls.set(OFF, {});
    await two.controls.ready();
    const setting = two.controls.set(ON, {});
    runtime.advance(1_000);
    await setting;
    runtime.advance(1_000);
    await two.controls.ready();
    expect(two.applied.at(-1)).toEqual(ON);
  });

  test('a control that two processes set at the same time has two revisions, and both apply the later one', async () => {
    const { one, two, store, runtime } = processes();
    await Promise.all([one.controls.ready(), two.controls.ready()]);
    await Promise.all([one.controls.set(OFF, {}), two.controls.set(ON, {})]);
    const [stored] = (await store.controls?.()) ?? [];
    expect(stored?.revision).toBe(2);
    runtime.advance(1_000);
    await expect
      .poll(() => [one.applied.at(-1)?.isSet, two.applied.at(-1)?.isSet])
      .toEqual([stored?.isSet, stored?.isSet]);
  });

  test('if the store cannot be read, the known controls stay, and the fault is reported', async () => {
    const error = new Error('gone');
    const { one } = processes({ ...memory(), controls: async () => Promise.reject(error) });
    await one.controls.ready();
    expect(one.controls.ready()).toBeUndefined();
    expect(one.faults).toEqual([error]);
  });

  /** The first process sets a control while the store takes none; the lock ends then. */
  async function unkept() {
    const inner = { ...memory(), isPrivate: false };
    let isLocked = true;
    const both = processes({
      ...inner,
      async setControl(control) {
        if (isLocked) throw new Error('locked');
        return (await inner.setControl?.(control)) === true;
      },
    });
    await both.two.controls.ready();
    const setAtMs = both.runtime.nowMs();
    await expect(both.one.controls.set(OFF, { by: 'ann' })).rejects.toThrow('locked');
    both.runtime.advance(10);
    isLocked = false;
    return { ...both, setAtMs };
  }

  test('a control that the store could not keep applies in every process within two refreshes, with its original time and author', async () => {
    const { one, two, store, runtime, setAtMs } = await unkept();
    runtime.advance(1_000);
    await expect.poll(async () => store.controls?.()).toEqual([{ ...OFF, revision: 1, atMs: setAtMs, by: 'ann' }]);
    runtime.advance(1_000);
    await expect.poll(() => two.applied).toEqual([OFF]);
    runtime.advance(5_000);
    await new Promise(setImmediate);
    expect([one.applied.at(-1), (await store.controls?.())?.length]).toEqual([OFF, 1]);
  });

  test('a control that the store could not keep is replaced by a later setting of another process, in its own process and in the store', async () => {
    const { one, two, store, runtime } = await unkept();
    await two.controls.set(ON, {});
    runtime.advance(1_000);
    await expect.poll(() => one.applied).toEqual([OFF, ON]);
    runtime.advance(5_000);
    await new Promise(setImmediate);
    expect(await store.controls?.()).toMatchObject([{ isSet: false, revision: 1 }]);
  });

  test('a control that the store could not keep is not undone by an older one that is read later', async () => {
    const { one, store, runtime, setAtMs } = await unkept();
    await store.setControl?.({ ...ON, revision: 1, atMs: setAtMs - 1 });
    runtime.advance(1_000);
    await expect.poll(async () => (await store.controls?.())?.[0]).toMatchObject({ isSet: true, revision: 2 });
    expect(one.applied.every(({ isSet }) => isSet)).toBe(true);
  });

  test('no further attempt to store a control is made once its process has stopped', async () => {
    const { one, store, runtime } = await unkept();
    one.controls.stop();
    runtime.advance(5_000);
    await new Promise(setImmediate);
    expect(await store.controls?.()).toEqual([]);
  });

  /** A store whose `setControl` waits until `answer` is called, each time for one: an error is its answer then. */
  function slow() {
    const inner = { ...memory(), isPrivate: false };
    const waiting: ((error?: Error) => void)[] = [];
    const both = processes({
      ...inner,
      async setControl(control) {
        const error = await new Promise<Error | undefined>(resolve => waiting.push(resolve));
        if (error !== undefined) throw error;
        return (await inner.setControl?.(control)) === true;
      },
    });
    const answer = async (error?: Error): Promise<void> => {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()?.(error);
      await new Promise(setImmediate);
    };
    const refreshes = async (count: number): Promise<void> => {
      for (let refresh = 0; refresh < count; refresh++) {
        both.runtime.advance(1_000);
        await new Promise(setImmediate);
      }
    };
    return { ...both, waiting, answer, refreshes };
  }

  test('a control that the store is slow to write is sent once, and so is each new attempt after a failed one', async () => {
    const { one, store, answer, waiting, refreshes } = slow();
    await one.controls.ready();
    const setting = one.controls.set(OFF, {});
    await refreshes(3);
    await answer(new Error('locked'));
    await expect(setting).rejects.toThrow('locked');
    await refreshes(3);
    await answer();
    await refreshes(3);
    expect([waiting.length, (await store.controls?.())?.[0]?.revision]).toEqual([0, 1]);
  });

  test('while the store is still writing a process’s earlier setting, the process’s last setting applies', async () => {
    const { one, answer } = slow();
    const [first, last] = [one.controls.set(OFF, {}), one.controls.set(ON, {})];
    await answer();
    await first;
    expect(one.applied.at(-1)).toEqual(ON);
    await answer();
    await last;
    expect(one.applied.at(-1)).toEqual(ON);
  });

  test('a later setting by a process whose clock is behind counts once the earlier one is in the store', async () => {
    const { one, store, runtime } = processes();
    await one.controls.ready();
    await one.controls.set(OFF, {});
    await store.setControl?.({ ...ON, revision: 2, atMs: runtime.nowMs() - 60_000 });
    runtime.advance(1_000);
    await expect.poll(() => one.applied.at(-1)).toEqual(ON);
  });

  test('a process that has stopped does not try again to store a control', async () => {
    const inner = { ...memory(), isPrivate: false };
    let asked = 0;
    const { one, runtime } = processes({
      ...inner,
      setControl: async () => Promise.reject(new Error(`locked ${++asked}`)),
    });
    one.controls.stop();
    await expect(one.controls.set(OFF, {})).rejects.toThrow('locked 1');
    runtime.advance(5_000);
    await new Promise(setImmediate);
    expect(asked).toBe(1);
  });

  test('if two processes set a switch ten times each at once, the last setting applies in both and in the store', async () => {
    const { one, two, store, runtime } = processes();
    await Promise.all([one.controls.ready(), two.controls.ready()]);
    await Promise.all(Array.from({ length: 10 }, () => [one.controls.set(OFF, {}), two.controls.set(ON, {})]).flat());
    const [stored] = (await store.controls?.()) ?? [];
    expect(stored?.revision).toBe(20);
    runtime.advance(1_000);
    await expect
      .poll(() => [one.applied.at(-1)?.isSet, two.applied.at(-1)?.isSet])
      .toEqual([stored?.isSet, stored?.isSet]);
  });

  test('switches of one process are stored in the order of its calls, also where it awaits none', async () => {
    const inner = memory();
    let reads = 0;
    const { one, store } = processes({
      ...inner,
      // The first read takes longer than the second.
      async controls() {
        const turns = reads++ === 0 ? 5 : 0;
        for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
        return (await inner.controls?.()) ?? [];
      },
    });
    await Promise.all([one.controls.set(OFF, {}), one.controls.set(ON, {})]);
    expect([(await store.controls?.())?.[0]?.isSet, one.applied.at(-1)]).toEqual([false, ON]);
  });

  test.each([
    ['has no controls', { controls: undefined, setControl: undefined }, /keeps no switches, pins and holdouts/],
    ['always has another revision', { setControl: async () => false }, /other processes set it at the same time/],
    ['fails', { setControl: async () => Promise.reject(new Error('disk full')) }, /disk full/],
  ])('a control applies in this process, and its call rejects, where the store %s', async (_, methods, message) => {
    const { one } = processes({ ...memory(), ...methods } as Store);
    await expect(one.controls.set(OFF, {})).rejects.toThrow(message);
    expect(one.applied).toEqual([OFF]);
  });
});

describe('routers on one file', () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const open = (path: string) => {
    const runtime = testRuntime();
    const faults: Fault[] = [];
    // The store's time limit on the test's clock, so that a test can let it pass.
    const onTestClock = { ...runtime, afterReal: runtime.after };
    const router = createRouterOn(onTestClock, {
      models: {
        mini: { provider: 'other', model: 'mini-1', price },
        premium: { provider: 'other', model: 'premium-1', price },
      },
      features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 1, policy: fixed('mini') } },
      store: sqlite(join(folder, path)),
      refresh: 50,
      observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
    });
    routers.push(router);
    const modelsOf = async (calls: number, id?: string): Promise<readonly string[]> => {
      const models: string[] = [];
      const answer = async ({ model }: { readonly model: string }) => (
        models.push(model), { value: 1, usage: { input: 1, output: 1 } }
      );
      for (let i = 0; i < calls; i++)
        await router.run('f', answer, id === undefined ? {} : { intent: router.feature('f').intent({ id }) });
      return [...new Set(models)];
    };
    return { router, runtime, modelsOf, faults };
  };

  test('a router sends nothing to a model that another process on its file has disabled, also after a restart', async () => {
    const [one, two] = [open('switch.db'), open('switch.db')];
    expect(await two.modelsOf(3)).toEqual(['mini']);
    await one.router.disable('mini', { by: 'ann', why: 'it answers in rhymes' });
    two.runtime.advance(50);
    await expect.poll(async () => two.modelsOf(1)).toEqual(['premium']);
    expect(await two.modelsOf(40)).toEqual(['premium']);
    expect(await open('switch.db').modelsOf(40)).toEqual(['premium']);
    await one.router.enable('mini');
    expect(await open('switch.db').modelsOf(3)).toEqual(['mini']);
  });

  test('neither a later turn nor a pinned plan goes to a model that another process has disabled', async () => {
    const [one, two] = [open('turns.db'), open('turns.db')];
    await two.router.feature('f').pin(['mini']);
    expect(await two.modelsOf(1, 'ticket')).toEqual(['mini']);
    await one.router.disable('mini');
    two.runtime.advance(50);
    await expect.poll(async () => two.modelsOf(1)).toEqual(['premium']);
    expect(await two.modelsOf(2, 'ticket')).toEqual(['premium']);
    await one.router.enable('mini');
    two.runtime.advance(50);
    await expect.poll(async () => two.modelsOf(1)).toEqual(['mini']);
  });

  test('a switch that a locked file did not keep applies in its process, as the error says, and in the others once the lock ends', async () => {
    const [one, two] = [open('locked.db'), open('locked.db')];
    expect([await one.modelsOf(1), await two.modelsOf(1)]).toEqual([['mini'], ['mini']]);
    await one.router.flush();
    const lock = new DatabaseSync(join(folder, 'locked.db'));
    lock.exec('BEGIN IMMEDIATE');
    const setting = one.router.disable('mini');
    // The router's own time limit, on its clock.
    await expect.poll(() => (one.runtime.advance(5_000), one.faults.length)).toBeGreaterThan(0);
    await expect(setting).rejects.toMatchObject({
      code: 'store-unusable',
      message: expect.stringContaining(
        'it holds in this process alone, because the store could not keep it: ',
      ) as string,
    });
    lock.close();
    expect(await one.modelsOf(3)).toEqual(['premium']);
    one.runtime.advance(50);
    await expect.poll(async () => (two.runtime.advance(50), two.modelsOf(1))).toEqual(['premium']);
  });

  test('a router uses a plan that another process has pinned, until the pin is lifted', async () => {
    const one = open('pin.db');
    await one.router.feature('f').pin('premium');
    expect(await open('pin.db').modelsOf(10)).toEqual(['premium']);
    await one.router.feature('f').pin(undefined);
    expect(await open('pin.db').modelsOf(3)).toEqual(['mini']);
  });

  test('a router applies the holdout that another process has set, also after a restart, until the holdout is lifted', async () => {
    const one = open('holdout.db');
    const two = open('holdout.db');
    expect(await two.modelsOf(3)).toEqual(['mini']);
    await one.router.feature('f').holdOut({ model: 'premium', fraction: 1 }, { by: 'ann', why: 'a month of baseline' });
    two.runtime.advance(50);
    await expect.poll(async () => two.modelsOf(1)).toEqual(['premium']);
    const three = open('holdout.db');
    expect(await three.modelsOf(5)).toEqual(['premium']);
    expect((await three.router.explain('f')).notes.slice(1)).toEqual([
      '100 % of the intents go to premium as a baseline (holdout). The policy alone would choose mini in 100 %.',
    ]);
    await one.router.feature('f').holdOut(undefined);
    expect(await open('holdout.db').modelsOf(3)).toEqual(['mini']);
    expect(() => one.router.feature('f').holdOut({ model: 'huge' as never, fraction: 1 })).toThrow(
      expect.objectContaining({ code: 'unknown-model' }),
    );
    const store = sqlite(join(folder, 'holdout.db'));
    expect(await store.controls?.()).toMatchObject([{ kind: 'holdout', subject: 'f', isSet: false, revision: 2 }]);
    await store.close();
  });

  test('a holdout without its fraction is a damaged row, and no other one is lost', async () => {
    const one = open('no-fraction.db');
    await one.router.feature('f').holdOut({ model: 'mini', fraction: 1 });
    await one.router.feature('f').pin('premium');
    const database = new DatabaseSync(join(folder, 'no-fraction.db'));
    database.exec("UPDATE controls SET json = json_remove(json, '$.fraction') WHERE name = 'holdout f'");
    database.close();
    const two = open('no-fraction.db');
    expect(await two.modelsOf(3)).toEqual(['premium']);
    expect(two.faults.map(({ error }) => String(error))).toEqual([
      expect.stringContaining('controls (name "holdout f")'),
    ]);
  });

  test.each(['{}', '{', '{"kind":"pinned","subject":"f","isSet":true,"revision":1,"atMs":1}'])(
    'beside a damaged pin (%s) every other switch applies, the fault names the row once, and a new pin replaces it',
    async json => {
      const path = `damaged-${json.length}.db`;
      const one = open(path);
      await one.router.feature('f').pin('mini');
      await one.router.disable('mini');
      await one.router.close();
      const database = new DatabaseSync(join(folder, path));
      database.prepare("UPDATE controls SET json = ? WHERE name = 'pinned f'").run(json);
      database.close();
      const two = open(path);
      expect(await two.modelsOf(20)).toEqual(['premium']);
      two.runtime.advance(200);
      expect(await two.modelsOf(20)).toEqual(['premium']);
      expect(two.faults.map(({ error }) => error)).toMatchObject([
        { code: 'store-unusable', message: expect.stringContaining('controls (name "pinned f")') as string },
      ]);
      await two.router.feature('f').pin('premium');
      await two.router.enable('mini');
      expect(await open(path).modelsOf(20)).toEqual(['premium']);
    },
  );

  test('calls go on while the store has changes set aside, and a fault names their row once', async () => {
    const path = join(folder, 'aside.db');
    const store = sqlite(path);
    await store.features();
    const database = new DatabaseSync(path);
    database.exec("INSERT INTO journal (at_ms, changes) VALUES (1, 'damaged')");
    database.close();
    const two = open('aside.db');
    expect(await two.modelsOf(3)).toEqual(['mini']);
    two.runtime.advance(200);
    expect(await two.modelsOf(3)).toEqual(['mini']);
    await two.router.flush();
    expect(two.faults).toMatchObject([
      { where: 'store', error: { message: expect.stringContaining('a row is damaged: journal (seq') as string } },
    ]);
    expect(await Array.fromAsync(store.scan({ kind: 'decided' }))).toHaveLength(6);
    await store.close();
  });

  test('a router refuses a pin that the feature does not have, and an invalid note, before anything is stored', async () => {
    const { router, modelsOf } = open('wrong.db');
    expect(() => router.feature('f').pin('huge' as never)).toThrow(expect.objectContaining({ code: 'unknown-model' }));
    expect(() => router.disable('mini', { because: 'x' } as never)).toThrow(
      expect.objectContaining({ path: 'note.because', accepted: ['by', 'why'] }),
    );
    for (const why of ['', 'w\ud83d', 'w\0', 'w'.repeat(501)])
      expect(() => router.disable('mini', { why })).toThrow(
        expect.objectContaining({ code: 'invalid-value', path: 'note.why' }),
      );
    expect(await modelsOf(3)).toEqual(['mini']);
  });
});
