import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { priceListAt, priceListIn } from '../../../src/cli/io/price-list.ts';
import { refusal } from '../../support/refusal.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const LIST = { source: 'ours', asOf: '2026-11-28' };
const folder = temporaryFolder();

function file(content: unknown): string {
  const path = join(folder, 'prices.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('a price file is read and checked', () => {
  expect(priceListAt(file(LIST))).toEqual(LIST);
  expect(priceListAt(file(`\uFEFF${JSON.stringify(LIST)}`))).toEqual(LIST);
  expect(priceListAt(undefined)).toBeUndefined();
});

test('a mistake in a price file is reported with the file and the place in it', () => {
  expect(refusal(() => priceListAt(file('{'))).message).toContain('prices.json: the file is not JSON');
  expect(refusal(() => priceListAt(join(folder, 'none.json'))).message).toContain('none.json');
  expect(refusal(() => priceListAt(file({ ...LIST, asOf: '3026-11-28' }))).path).toContain('prices.json.asOf');
  expect(refusal(() => priceListAt(file({ ...LIST, models: [{}] }))).path).toContain('prices.json.models[0].provider');
});

test('a price list is read from a configuration just as it is given to the router', () => {
  expect(priceListIn({ models: {}, priceList: LIST })).toBe(LIST);
  expect([priceListIn({ models: {} }), priceListIn(undefined)]).toEqual([undefined, undefined]);
});
