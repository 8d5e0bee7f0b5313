import { describe, expect, it } from 'vitest';
import type { BillRow } from '../../../src/exports/bill/bill-row.ts';
import type { BillOptions } from '../../../src/exports/bill/bill.ts';
import { readBill } from '../../../src/exports/bill/bill.ts';

const HEADER = 'ChargePeriodStart,SkuId,SkuMeter,EffectiveCost,BilledCost,ConsumedQuantity,x_RequestId\n';

async function read(text: string, options?: BillOptions): Promise<readonly BillRow[]> {
  const rows: BillRow[] = [];
  for await (const row of readBill(text.match(/[^]{1,7}/g) ?? [], options)) rows.push(row);
  return rows;
}

describe('readBill', () => {
  it('rows are read exactly, and fields that the bill leaves empty are undefined', async () => {
    const text = `${HEADER}2026-11-20T12:00:00Z,mini,Input Tokens,0.000000000000000001,2E-7,1001,r1\n"2026-11-20T13:00:00Z",mini,,-5,0,,\n`;
    expect(await read(text)).toEqual([
      {
        requestId: 'r1',
        model: 'mini',
        meter: 'Input Tokens',
        startMs: Date.UTC(2026, 10, 20, 12),
        endMs: Date.UTC(2026, 10, 20, 13),
        kind: 'use',
        cost: 1n,
        quantity: 1001n * 10n ** 18n,
      },
      {
        requestId: undefined,
        model: 'mini',
        meter: '',
        startMs: Date.UTC(2026, 10, 20, 13),
        endMs: Date.UTC(2026, 10, 20, 14),
        kind: 'use',
        cost: -5n * 10n ** 18n,
        quantity: undefined,
      },
    ]);
    expect((await read(text, { costColumn: 'BilledCost' }))[0]?.cost).toBe(2n * 10n ** 11n);
  });

  it('a bill with other names for models and meters is mapped by `modelOf` and `meterOf`', async () => {
    const text = 'ChargePeriodStart,EffectiveCost,ServiceName,Usage\n2026-11-20T12:00:00Z,1,GPT five mini,in\n';
    const rows = await read(text, {
      modelOf: row => (row.ServiceName === 'GPT five mini' ? 'gpt-5-mini' : ''),
      meterOf: row => (row.Usage === 'in' ? 'Input Tokens' : ''),
    });
    expect(rows).toMatchObject([{ model: 'gpt-5-mini', meter: 'Input Tokens', requestId: undefined }]);
  });

  it('a field of `only` that no row has is refused with the names of the fields that exist, in JSON as in CSV', async () => {
    const bucket = (fields: object) => {
      const results = [{ amount: { value: 1, currency: 'usd' }, line_item: null, ...fields }];
      return { start_time: 1_793_491_200, end_time: 1_793_577_600, results };
    };
    const pages = JSON.stringify([bucket({}), bucket({ project_id: 'b' })]);
    expect((await read(pages, { only: { project_id: 'a' } })).map(({ kind }) => kind)).toEqual([
      'other-key',
      'other-key',
    ]);
    await expect(read(pages, { only: { projectid: 'a' } })).rejects.toThrow(
      /no row of the bill has the field projectid \(accepted: .*project_id/,
    );
    expect(await read('[]', { only: { projectid: 'a' } })).toEqual([]);
  });

  it.each([
    ['an invalid number', `${HEADER}2026-11-20T12:00:00Z,m,i,"1,000",0,1,r\n`, 'line 2', 'EffectiveCost "1,000"'],
    ['an invalid time', `${HEADER}2026-11-20T12:00:00Z,m,i,1,0,1,r\nyesterday,m,i,1,0,1,r\n`, 'line 3', 'yesterday'],
    ['a file of another kind', 'SkuId,EffectiveCost\nm,1\n', 'line 1', 'no known format'],
    ['a missing column', 'SkuId,ChargePeriodStart\nm,2026-11-20\n', 'line 1', 'no column EffectiveCost'],
    [
      'another currency',
      'ChargePeriodStart,EffectiveCost,BillingCurrency\n2026-11-20T12:00:00Z,1,EUR\n',
      'line 2',
      'EUR',
    ],
    ...['99999999999999999999', '9000001', '1e308', '-1e400'].map(cost => [
      `the cost ${cost}, more than any`,
      `${HEADER}2026-11-20T12:00:00Z,m,i,1,0,1,r\n2026-11-20T12:00:00Z,m,i,${cost},0,1,r\n`,
      'line 3',
      `EffectiveCost "${cost}"`,
    ]),
    ['a use at less than nothing', `${HEADER}2026-11-20T12:00:00Z,m,i,-5,0,1,r\n`, 'line 2', 'EffectiveCost "-5"'],
    ['a line that is too long', `${HEADER}a,b,c,d,e,f,g,h,i\n`, 'line 2', 'CSV'],
  ])('%s causes an error that names the line', async (_, text, path, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'invalid-data',
      path,
      message: expect.stringContaining(message) as string,
    });
  });

  it('a credit and a correction of a usage row may be below zero', async () => {
    const rows = await read(
      `ChargePeriodStart,SkuMeter,ChargeCategory,ChargeClass,EffectiveCost\n2026-11-20T12:00:00Z,i,Credit,,-5\n2026-11-20T12:00:00Z,i,Usage,Correction,-5\n`,
    );
    expect(rows.map(({ cost }) => cost)).toEqual([-5n * 10n ** 18n, -5n * 10n ** 18n]);
  });

  it('an error of the stream that is read is rethrown', async () => {
    async function* broken(): AsyncGenerator<string> {
      yield HEADER;
      await Promise.resolve();
      throw new Error('disk gone');
    }
    const reading = async (): Promise<void> => {
      for await (const row of readBill(broken())) expect(row).toBeUndefined();
    };
    await expect(reading()).rejects.toEqual(new Error('disk gone'));
  });

  it('a bill with only a header line has no rows, and an empty file is not a bill', async () => {
    expect(await read(`${HEADER}\n`)).toEqual([]);
    await expect(read('')).rejects.toThrow('line 1: the bill is empty (accepted: CSV with a header line)');
  });

  it('a byte order mark and blank lines are ignored', async () => {
    const rows = await read(`\ufeff${HEADER}\n2026-11-20T12:00:00Z,mini,Input Tokens,1,1,1,r\n\n`);
    expect(rows).toMatchObject([{ model: 'mini', startMs: Date.UTC(2026, 10, 20, 12) }]);
    const first = await read('\ufeffChargePeriodStart,EffectiveCost\n2026-11-20T12:00:00Z,1\n');
    expect(first).toHaveLength(1);
  });
});
