import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lines, numberArray, textArray } from '../../../src/stores/postgres/arrays.ts';
import { askServer, describeOnPostgres } from '../../support/postgres.ts';

describeOnPostgres('lists as array literals', () => {
  it('the server reads every text as it was, whatever is in it but the character 0', async () => {
    const ask = await askServer();
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', 'NULL', '{"a"}', '\\"', ',', ' x ', '\n\t'),
    );
    const list = fc.array(
      fc.option(
        text.filter(given => !given.includes('\0')),
        { nil: null },
      ),
    );
    await fc.assert(
      fc.asyncProperty(list, async given => {
        const rows = await ask('SELECT * FROM unnest($1::text[])', [textArray(given)]);
        expect(rows.map(([read]) => read)).toEqual(given);
      }),
      { numRuns: 30 },
    );
  });

  it('numbers are read unchanged, and null is read as NULL', async () => {
    const ask = await askServer();
    const rows = await ask('SELECT x = 0.1::float8, x IS NULL FROM unnest($1::float8[]) x', [
      numberArray([0.1, null, -1e300]),
    ]);
    expect(rows).toEqual([
      ['t', 'f'],
      [null, 't'],
      ['f', 'f'],
    ]);
  });

  it('JSON of any text is one line', async () => {
    const ask = await askServer();
    const list = ['a\nb', '"', '\\n', ''].map(text => JSON.stringify({ text }));
    const rows = await ask("SELECT * FROM unnest(string_to_array($1, E'\\n'))", [lines(list)]);
    expect(rows.map(([read]) => read)).toEqual(list);
    expect(await ask("SELECT cardinality(string_to_array($1, E'\\n'))", [lines([])])).toEqual([['0']]);
  });
});
