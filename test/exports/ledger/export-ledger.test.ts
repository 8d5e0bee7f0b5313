import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEDGER_VERSION } from '../../../src/core/ledger/record-versions.ts';
import { exportLedger } from '../../../src/exports/ledger/export-ledger.ts';
import { importLedger } from '../../../src/exports/ledger/import-ledger.ts';
import { memory } from '../../../src/stores/memory.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { attempted, commitAll, decided, history, HOUR, NOON } from '../../stores/histories.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function text(chunks: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const chunk of chunks) all += chunk;
  return all;
}

async function objects(chunks: AsyncIterable<string>): Promise<readonly Record<string, unknown>[]> {
  const lines = (await text(chunks)).trimEnd().split('\n');
  return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

const support = history('a', 'support', [decided(NOON), attempted(NOON + 1)]);
const extract = history('b', 'extract', [decided(NOON + HOUR), attempted(NOON + HOUR + 1)]);

describe('exportLedger', () => {
  it('an export has a header with the version, every record in order, and a last line with their number', async () => {
    const store = memory();
    await commitAll(store, [support, extract]);
    expect(await objects(exportLedger(store))).toEqual([
      { kind: 'header', format: 'outcome-router/ledger', version: LEDGER_VERSION },
      ...JSON.parse(JSON.stringify([...support.records, ...extract.records])),
      { kind: 'end', records: 4 },
    ]);
  });

  it('the header of a partial export has its range', async () => {
    const store = memory();
    await commitAll(store, [support, extract]);
    const part = await objects(exportLedger(store, { feature: 'extract', fromMs: NOON }));
    expect(part[0]).toMatchObject({ range: { feature: 'extract', fromMs: NOON } });
    expect(part.slice(1, -1).map(line => line.intentId)).toEqual(['b', 'b']);
  });

  it('the pruned base is exported, with sums as decimal texts', async () => {
    const store = memory();
    await commitAll(store, [support]);
    await store.prune(NOON + HOUR);
    const lines = await objects(exportLedger(store));
    expect(lines.map(line => line.kind)).toEqual(['header', 'pruned', 'pruned', 'end']);
    expect(lines[1]).toMatchObject({
      key: expect.stringContaining('support') as string,
      sums: { n: '1', cost: '650000' },
    });
  });

  it('chunks have a bounded size, and progress is reported', async () => {
    const store = memory();
    const many = Array.from({ length: 1000 }, (_, i) =>
      history(`intent-${i}`, 'support', [decided(NOON), attempted(NOON)]),
    );
    await commitAll(store, many);
    const counts: number[] = [];
    let largest = 0;
    for await (const chunk of exportLedger(store, { progress: count => void counts.push(count) }))
      largest = Math.max(largest, chunk.length);
    expect(largest).toBeLessThan(70_000);
    expect(counts.length).toBeGreaterThan(5);
    expect(counts.length).toBeLessThan(20);
    expect(counts.at(-1)).toBe(2000);
  });

  it('an export shows one moment: later writes and pruning do not change it', async () => {
    const store = memory();
    const many = Array.from({ length: 1000 }, (_, i) =>
      history(`intent-${i}`, 'support', [decided(NOON), attempted(NOON)]),
    );
    await commitAll(store, many);
    const before = await text(exportLedger(store));
    let during = '';
    for await (const chunk of exportLedger(store)) {
      if (during === '') {
        await commitAll(store, [extract]);
        expect(await store.prune(NOON + 1)).toMatchObject({ intents: 1000 });
      }
      during += chunk;
    }
    expect(during).toBe(before);
  });
});

describe('an export without damaged intents', () => {
  const directory = temporaryFolder();

  const damages: readonly [string, string, number][] = [0, 1, 2].flatMap((revision): [string, string, number][] => [
    ['is not JSON', 'json = substr(json, 2)', revision],
    ['is of another record', `json = replace(json, '"revision":${revision}', '"revision":7')`, revision],
    ['has a time before 1970', `json = replace(json, '"atMs":', '"atMs":-')`, revision],
  ]);
  it.each(damages)(
    'an intent with a record that %s is left out completely, and the export can be imported (%s, revision %d)',
    async (_, damage, revision) => {
      const path = join(directory, `${revision}-${damage.length}.db`);
      const records = () => [decided(NOON), attempted(NOON + 1), attempted(NOON + 2)];
      const source = sqlite(path);
      await commitAll(source, [
        history('a', 'f', records()),
        history('b', 'f', records()),
        history('c', 'f', records()),
      ]);
      // A read files the journal.
      await source.features();
      const database = new DatabaseSync(path);
      database.exec(`UPDATE ledger_8 SET ${damage} WHERE intent_id = 'b' AND revision = ${revision}`);
      database.close();

      const errors: unknown[] = [];
      const leftOut: unknown[] = [];
      const lines = await text(
        exportLedger(source, {
          damaged: error => void errors.push(error.message),
          progress: (_count, left) => void leftOut.push(left),
        }),
      );
      expect(errors).toEqual([expect.stringContaining(`ledger (intent "b", revision ${revision})`)]);
      expect(leftOut.at(-1)).toEqual({ intents: 1, records: 3 });
      const target = memory();
      expect(await importLedger([lines], target)).toEqual({ records: 6, intents: 2 });
      for (const id of ['a', 'c']) expect(await target.load(id)).toEqual(await source.load(id));
      expect(await target.load('b')).toEqual([]);
      await source.close();
    },
  );
});
