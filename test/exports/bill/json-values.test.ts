import { expect, test } from 'vitest';
import { jsonValues } from '../../../src/exports/bill/json-values.ts';

async function read(text: string, chunk = 3): Promise<readonly unknown[]> {
  const chunks = (async function* () {
    for (const part of text.match(new RegExp(`[^]{1,${chunk}}`, 'g')) ?? []) yield part;
  })();
  return Array.fromAsync(jsonValues(chunks, ''));
}

const A = '{"a": {"b": ["}", "\\\\\\"{"]}}';
const expected = { a: { b: ['}', '\\"{'] } };

test.each([
  ['one document', A],
  ['JSON lines', `${A}\n${A}\n`],
  ['an array', `[${A}, ${A}]`],
  ['a page', `{"object": "page", "data": [${A},\n${A}], "has_more": false, "next_page": null}`],
  ['two pages', `{"data":[${A}],"has_more":true,"next_page":"p"}\n{"data":[${A}],"has_more":false}`],
  ['pages in an array', `[{"data":[${A}],"has_more":true},{"data":[${A}],"has_more":false}]`],
])('every object in %s is read, wherever the file is cut', async (_, text) => {
  const count = text.split('{"a"').length - 1;
  for (const chunk of [1, 7, 4096])
    expect(await read(text, chunk)).toEqual(Array.from({ length: count }, () => expected));
});

test('a number keeps its digits', async () => {
  expect(await read('{"value": 0.1000000000000000055, "n": 1e-7}')).toEqual([
    { value: '0.1000000000000000055', n: '1e-7' },
  ]);
});

test.each(['{"a": 1', '{"a": }', '[{"a":1}, x]', '{"a":1} tail'])('%s is refused as invalid JSON', async text => {
  await expect(read(text)).rejects.toMatchObject({ code: 'invalid-data' });
});

test.each([
  '{"data":[{"a":1}],"has_more":true}',
  '{"has_more":true,"data":[{"a":1}]}',
  '{"data":[{"a":1}],"has_more":false}\n{"data":[{"a":1}],"has_more":true}',
])('%s is refused as incomplete', async text => {
  await expect(read(text, 4096)).rejects.toThrow('its last page says that another one follows');
});
