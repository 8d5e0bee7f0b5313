import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { memory } from '../../src/stores/memory.ts';
import { spoolingOnUse } from '../../src/stores/spool-on-use.ts';
import { conformance } from './conformance.ts';
import { changesOf, decided, history, NOON } from './histories.ts';

const folder = mkdtempSync(join(tmpdir(), 'spool-on-use-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const options = () => ({ path: join(folder, `${files++}.jsonl`), nowMs: () => NOON });

conformance('a spool that loads at its first use', () => spoolingOnUse(memory(), options()), { propertyRuns: 5 });

test('a change that the store rejects is spooled, and counted once the spool is loaded', async () => {
  const broken = { ...memory(), commitAll: async () => Promise.reject(new Error('down')) };
  const store = spoolingOnUse(broken, options());
  expect(store.spooled).toBe(0);
  const [change] = changesOf(history('a', 'support', [decided(NOON)]));
  if (change === undefined) throw new Error('no change');
  expect(await store.commitAll([change])).toEqual([{ kind: 'committed' }]);
  expect(store.spooled).toBe(1);
  expect(await store.drain()).toBe(1);
  await store.close();
});
