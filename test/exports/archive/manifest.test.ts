import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ArchiveRun } from '../../../src/exports/archive/manifest.ts';
import {
  filesOf,
  manifestPath,
  newManifest,
  readManifest,
  requireOwnArchive,
  writeManifest,
} from '../../../src/exports/archive/manifest.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

const file = (path: string) => ({ path, bytes: 5, sha256: 'ab' });
const run: ArchiveRun = {
  run: 'r-1',
  day: '2026-03-30',
  fromMs: 1,
  toMs: 2,
  intents: 1,
  rows: { records: 3, contributions: 2 },
  spendNanoUsd: '7',
  files: {
    records: file('records/day=2026-03-30/r-1.parquet'),
    contributions: file('contributions/day=2026-03-30/r-1.parquet'),
  },
};
const manifest = { ...newManifest('a', file('pruned.jsonl')), runs: [run] };

test('a manifest is read as it was written, and a folder without the file has none', async () => {
  expect(await readManifest(folder)).toBeUndefined();
  await writeManifest(folder, manifest);
  expect(await readManifest(folder)).toEqual(manifest);
  expect(await readManifest(manifestPath(folder))).toBeUndefined();
});

test('only an archive in which something was erased is of version 2, which older readers refuse', async () => {
  const files = { ...run.files, erased: file('erased/day=2026-03-30/r-1_2.jsonl') };
  const erased = { ...manifest, runs: [{ ...run, files }] };
  await writeManifest(folder, erased);
  expect(await readManifest(folder)).toEqual({ ...erased, version: 2 });
  expect(filesOf(erased.runs[0] as ArchiveRun)).toHaveLength(3);
  await writeManifest(folder, manifest);
  expect(await readManifest(folder)).toEqual(manifest);
});

test.each<[RegExp, string | object]>([
  [/not JSON/, '{"format'],
  [/not the list of an archive/, {}],
  [/not the list of an archive/, 'null'],
  [/newer outcome-router \(version 3\)/, { ...manifest, version: 3 }],
  [/a part of it is missing/, { ...manifest, runs: undefined }],
  [/a part of it is missing/, { ...manifest, runs: [{ ...run, day: 5 }] }],
  [/a part of it is missing/, { ...manifest, runs: [null] }],
  [/a part of it is missing/, { ...manifest, archive: undefined }],
  [
    /a part of it is missing/,
    { ...manifest, runs: [{ ...run, files: { ...run.files, records: file('../../etc/passwd') } }] },
  ],
  [
    /a part of it is missing/,
    { ...manifest, version: 2, runs: [{ ...run, files: { ...run.files, erased: file('erased/../../x.jsonl') } }] },
  ],
])('a manifest is refused if it is %s', async (why, content) => {
  writeFileSync(manifestPath(folder), typeof content === 'string' ? content : JSON.stringify(content));
  await expect(readManifest(folder)).rejects.toMatchObject({
    code: 'invalid-data',
    message: expect.stringMatching(why) as string,
  });
});

test('an archive belongs to the ledger that names it and knows its runs; it may list one further run', () => {
  const state = (archive: string, ...runs: readonly string[]) => ({ archive, runs: new Set(runs) });
  requireOwnArchive(folder, manifest, state('a', 'r-1'));
  requireOwnArchive(folder, manifest, state('a'));
  for (const other of [state('b', 'r-1'), undefined])
    expect(() => requireOwnArchive(folder, manifest, other)).toThrow('belongs to another ledger');
  expect(() => requireOwnArchive(folder, manifest, state('a', 'r-1', 'r-2'))).toThrow('does not list the run r-2');
});
