import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { forgetArchived } from '../../../src/analysis/forget-archived.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import {
  archivePart,
  billOf,
  expectErased,
  expectRecounted,
  isLineOfPerson,
  manifestOf,
  PERSON,
  recordsOf,
} from './ledger-with-person.ts';

const { newPath } = sqliteFiles();
const ERASER = fileURLToPath(new URL('killed-eraser.ts', import.meta.url));

/** Where the processes are killed: a step, and turns of the event loop after it. One with many turns may end before that. */
const PLACES = [
  'search 0',
  'search 30',
  'move 0',
  'moved 0',
  ...Array.from({ length: 3 }, (_, index) => `moved ${10 + 37 * index}`),
  'note 0',
  ...Array.from({ length: 4 }, (_, index) => `noted ${3 * index}`),
];

// Takes a second of processor time for each process: nothing else shows what is on the disk after a kill.
test('after a kill at any point all records of the person are there or none, every sum stays, and the next call continues', async () => {
  const [path, folder] = [newPath(), `${newPath()}.archive`];
  const first = sqlite(path);
  await archivePart(first, folder);
  await first.features();
  const [before, bill] = [await recordsOf(first, folder), await billOf(first, folder)];
  const without = before.filter(line => !isLineOfPerson(line));
  await first.close();
  for (const place of PLACES) {
    const [ledger, archive] = [newPath(), `${newPath()}.archive`];
    cpSync(path, ledger);
    cpSync(folder, archive, { recursive: true });
    const { signal, stderr } = spawnSync(process.execPath, [ERASER, ledger, archive, place], {
      encoding: 'utf8',
      // What a killed process leaves goes with the files of this test.
      env: { ...process.env, TMPDIR: dirname(path) },
    });
    expect([place, stderr.replaceAll(/\(node:.*|\(Use `node.*/g, '').trim()]).toEqual([place, '']);
    if (place.endsWith(' 0')) expect([place, signal]).toEqual([place, 'SIGKILL']);
    const store = sqlite(ledger);
    const isErased = manifestOf(archive).version === 2;
    expect([place, await recordsOf(store, archive)]).toEqual([place, isErased ? without : before]);
    await expectRecounted(store, archive);
    const next = forgetArchived(store, archive, { session: PERSON });
    if (isErased) await expect(next).rejects.toThrow('no intent with records');
    else await next;
    expect([place, await recordsOf(store, archive)]).toEqual([place, without]);
    expect([place, await billOf(store, archive)]).toEqual([place, bill]);
    await expectRecounted(store, archive);
    await expectErased(archive);
    await store.close();
  }
});
