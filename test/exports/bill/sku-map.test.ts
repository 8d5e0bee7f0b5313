import { expect, test } from 'vitest';
import { parseSkuMap, skuMap } from '../../../src/exports/bill/sku-map.ts';

const entries = { 'SKU-1': { model: 'gpt-5', meter: 'Input Tokens' }, 'gpt 5 M': { model: 'gpt-5-mini' } };

test('the map’s first matching text supplies the names, and names that it leaves out come from the bill', () => {
  const map = skuMap(entries);
  const found = { model: 'gpt 5 m', meter: 'Output Tokens' };
  expect(map.apply(['sku-1 '], found)).toEqual({ model: 'gpt-5', meter: 'Input Tokens' });
  expect(map.apply(['other', undefined], found)).toEqual({ model: 'gpt-5-mini', meter: 'Output Tokens' });
  expect(map.apply([], { model: 'x', meter: 'y' })).toEqual({ model: 'x', meter: 'y' });
});

test('a map is read from JSON and from CSV', () => {
  expect(parseSkuMap(JSON.stringify(entries))).toEqual(entries);
  expect(parseSkuMap('\ufeffSKU,Model,Meter\r\nSKU-1,gpt-5,Input Tokens\r\n"gpt 5 M",gpt-5-mini,\r\n')).toEqual(
    entries,
  );
});

test.each(['{', '{"a": 1}', '{"a": {"modell": "x"}}', 'model,meter\na,b\n', ''])('%j is refused as a map', text => {
  expect(() => parseSkuMap(text)).toThrow('map of names');
});
