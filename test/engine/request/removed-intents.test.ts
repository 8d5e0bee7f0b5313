/** Calls and outcomes with the id of an intent whose records were removed from the store. */
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { describeOnPostgres, openPostgres } from '../../support/postgres.ts';
import { chat } from '../../support/scripted-server.ts';
import { closeAll, routed, unlimited } from '../../support/routed.ts';
import { must, sorted } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';

const { newPath } = sqliteFiles();
const opened: Store[] = [];
afterEach(async () => {
  await closeAll();
  for (const store of opened.splice(0)) await store.close();
});

const removals: readonly [string, string, (store: Store) => Promise<unknown>][] = [
  ['pruned', 'were pruned', async store => store.prune(Infinity)],
  [
    'archived',
    '--archive',
    async store => {
      const archiving = must(store.archiving);
      await archiving.claim('archive');
      return archiving.remove('run', [{ id: 'job-1', revisions: 3 }]);
    },
  ],
];

function removedIntents(open: () => Promise<Store>): void {
  const fresh = async (): Promise<Store> => {
    const store = await open();
    opened.push(store);
    return store;
  };

  test.each(removals)(
    'a call, an outcome and a correction of an intent that was %s are one error each, and nothing is counted twice',
    async (_, where, remove) => {
      const store = await fresh();
      const first = await routed([chat('hi')], {}, { store, runtime: unlimited() });
      const intent = first.router.feature('support').intent({ id: 'job-1' });
      await first.ask(intent.model);
      await intent.succeed();
      await first.router.flush();
      const cells = sorted(await store.cells('support'));
      await remove(store);
      const refusal = { code: 'intent-removed', message: expect.stringContaining(where) as string };
      // This process knows the intent still; another one asks the store.
      const second = await routed([chat('hi')], {}, { store, runtime: unlimited() });
      const again = second.router.feature('support').intent({ id: 'job-1' });
      await expect(second.ask(again.model)).rejects.toMatchObject(refusal);
      await expect(again.fail()).rejects.toMatchObject(refusal);
      await expect(intent.fail()).rejects.toMatchObject(refusal);
      // Each caller has had the error of its own outcome.
      await first.router.flush();
      expect(sorted(await store.cells('support'))).toEqual(cells);
      expect(await Array.fromAsync(store.scan())).toEqual([]);
      expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 0 });
    },
  );

  test.each(removals)(
    'a router that knows an intent which was %s sends one request for it at most, and a flush names it once',
    async (_, where, remove) => {
      const store = await fresh();
      const { router, ask, server } = await routed([chat('hi')], {}, { store, runtime: unlimited() });
      const support = router.feature('support');
      const intent = support.intent({ id: 'job-1' });
      await ask(intent.model);
      await intent.succeed();
      await router.flush();
      await remove(store);
      // No store is asked before a further turn of an intent in memory.
      await ask(intent.model);
      const refusal = { code: 'intent-removed', message: expect.stringContaining(where) as string };
      await expect(router.flush()).rejects.toMatchObject(refusal);
      await router.flush();
      for (const { model } of [intent, support.intent({ id: 'job-1' }), support.resume('job-1')])
        await expect(ask(model)).rejects.toMatchObject(refusal);
      await expect(intent.fail()).rejects.toMatchObject(refusal);
      expect(server.received).toHaveLength(2);
      await router.flush();
    },
  );

  test('a conversation with one outcome that was pruned gets no further call from a router that knows it', async () => {
    const store = await fresh();
    const script = [chat('hi')];
    const { router, ask, server } = await routed(script, { outcomeOf: 'session' }, { store, runtime: unlimited() });
    const intent = router.feature('support').intent({ session: 's1' });
    await ask(intent.model);
    await intent.succeed();
    await router.flush();
    await store.prune(Infinity);
    const { model } = router.feature('support').intent({ session: 's1' });
    await expect(ask(model)).rejects.toMatchObject({ code: 'intent-removed' });
    expect(server.received).toHaveLength(1);
    await router.flush();
  });

  test('a flush counts the intents whose calls were lost, not their records, and leaves out outcomes whose caller got the error', async () => {
    const store = await fresh();
    const { router, ask } = await routed([chat('hi')], {}, { store, runtime: unlimited() });
    const intents = ['a', 'b', 'c'].map(id => router.feature('support').intent({ id }));
    for (const { model } of intents) await ask(model);
    await Promise.all(intents.map(async intent => intent.succeed()));
    await router.flush();
    await store.prune(Infinity);
    const [a, b, c] = [must(intents[0]), must(intents[1]), must(intents[2])];
    await Promise.all([a.model, a.model, b.model].map(async model => ask(model)));
    await expect(c.fail()).rejects.toMatchObject({ code: 'intent-removed' });
    await expect(router.flush()).rejects.toThrow('records of 2 intents are lost');
  });
}

describe('on a store that ends with its process', () => {
  test('a pruned id begins a new intent, and the contribution of the earlier intent is counted once', async () => {
    const store = memory();
    const { router, ask } = await routed([chat('hi')], {}, { store, runtime: unlimited() });
    const support = router.feature('support');
    const intent = support.intent({ id: 'job-1' });
    await ask(intent.model);
    await intent.succeed();
    await router.flush();
    const cells = sorted(await store.cells('support'));
    expect(await store.prune(Infinity)).toEqual({ intents: 1, records: 3 });
    await expect(intent.fail()).rejects.toMatchObject({ code: 'unknown-intent' });
    await router.flush();
    expect(sorted(await store.cells('support'))).toEqual(cells);
    const again = await routed([chat('hi')], {}, { store, runtime: unlimited() });
    await again.ask(again.router.feature('support').intent({ id: 'job-1' }).model);
    await again.router.flush();
    expect((await store.load('job-1')).map(({ revision }) => revision)).toEqual([0, 1]);
    expect(await rebuildCells(store, 'support')).toMatchObject({ corrected: 0 });
  });
});

describe('on SQLite', () => removedIntents(async () => sqlite(newPath())));
describeOnPostgres('on PostgreSQL', () => removedIntents(openPostgres));
