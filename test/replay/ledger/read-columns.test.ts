import { expect, test } from 'vitest';
import { withTexts } from '../../../src/contracts/record-texts.ts';
import { readColumns } from '../../../src/replay/ledger/read-columns.ts';
import { decided } from './decided.ts';

const RECORDS = Array.from({ length: 12_000 }, (_, i) => decided(`i${i}`, 'mini', ['mini']));

async function* scan({ feature }: { readonly feature?: string } = {}) {
  yield* RECORDS.filter(record => feature === undefined || record.feature === feature);
}

const reads = (): { progress: (records: number) => void; readonly reached: number[] } => {
  const reached: number[] = [];
  return { reached, progress: records => reached.push(records) };
};

test('a ledger that stores no texts is read record by record, with its progress', async () => {
  const { progress, reached } = reads();
  const columns = await readColumns({ scan }, {}, progress);
  expect([columns.intents, reached]).toEqual([12_000, [5000, 10_000]]);
  expect((await readColumns({ scan }, { feature: 'g' }, undefined)).intents).toBe(0);
});

test('a ledger that stores texts is read page by page, only for the requested feature', async () => {
  const asked: unknown[] = [];
  const texts = async function* (range: unknown) {
    asked.push(range);
    for (const records of [RECORDS.slice(0, 7000), RECORDS.slice(7000)]) {
      const places = records.map(() => 0);
      const record = (i: number) => records[i];
      yield {
        length: records.length,
        bytes: new Uint8Array(),
        starts: places,
        ends: places,
        revisions: places,
        record,
      };
    }
  };
  const { progress, reached } = reads();
  const never = () => {
    throw new Error('no record is asked for');
  };
  const columns = await readColumns({ scan: withTexts(never, texts) }, { feature: 'f' }, progress);
  expect([columns.intents, reached, asked]).toEqual([12_000, [5000, 10_000], [{ feature: 'f' }]]);
});
