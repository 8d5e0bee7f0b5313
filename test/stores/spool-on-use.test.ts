import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memory } from '../../src/stores/memory.ts';
import { spoolingOnUse } from '../../src/stores/spool-on-use.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { conformance } from './conformance.ts';
import { NOON } from './histories.ts';
import { opening } from './sqlite-files.ts';

const folder = temporaryFolder();
let files = 0;
const options = () => ({ path: join(folder, `${files++}.jsonl`), nowMs: () => NOON });

conformance('a spool that loads at its first use', () => spoolingOnUse(memory(), options()), { propertyRuns: 5 });

test('a change that the store rejects is spooled, and counted once the spool is loaded', async () => {
  const broken = { ...memory(), commitAll: async () => Promise.reject(new Error('down')) };
  const store = spoolingOnUse(broken, options());
  expect(store.spooled).toBe(0);
  expect(await store.commitAll([opening('a')])).toEqual([{ kind: 'committed' }]);
  expect(store.spooled).toBe(1);
  expect(await store.drain()).toBe(1);
  await store.close();
});

test('a drain writes what an earlier process left, also where nothing else has used the spool', async () => {
  const given = options();
  const broken = { ...memory(), commitAll: async () => Promise.reject(new Error('down')) };
  const earlier = spoolingOnUse(broken, given);
  await earlier.commitAll([opening('a')]);
  await earlier.close();
  const working = memory();
  const later = spoolingOnUse(working, given);
  expect(await later.drain()).toBe(0);
  expect(await working.load('a')).toEqual(opening('a').records);
  await later.close();
});

test('a change is answered at once only after another call has used the spool', async () => {
  const committed = [{ kind: 'committed' }] as const;
  const commitAll = Object.assign(async () => committed, { now: () => committed });
  const store = spoolingOnUse({ ...memory(), commitAll }, options());
  expect(store.commitAll.now?.([opening('a')])).toBeUndefined();
  await store.commitAll([opening('a')]);
  expect(store.commitAll.now?.([opening('b')])).toBe(committed);
  await store.close();
});
