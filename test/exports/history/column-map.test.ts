import { expect, test } from 'vitest';
import { mappedColumns, parseColumnMap } from '../../../src/exports/history/column-map.ts';

test('each row of a table is a call, with the fields that the map names', () => {
  const format = mappedColumns(parseColumnMap('feature=app, model=llm,usd=cost,success=resolved,context=tier'));
  expect(
    format.entries({
      id: '7',
      app: 'support',
      llm: 'mini',
      cost: '0.002',
      resolved: 'yes',
      tier: 'tier=free',
      at: '2026-10-01',
    }),
  ).toMatchObject([
    { kind: 'call', intent: '7', model: 'mini', costUsd: 0.002, atMs: Date.UTC(2026, 9, 1) },
    { kind: 'intent', intent: '7', feature: 'support', segment: 'tier=free' },
    { kind: 'score', of: '7', name: 'success', value: 1 },
  ]);
});

test('each row without an id is a separate intent, and rows without a model but with an outcome are outcomes', () => {
  const format = mappedColumns(parseColumnMap('model=model'));
  const ids = [1, 2].map(() => format.entries({ model: 'mini' })[0]);
  expect(new Set(ids.map(entry => (entry?.kind === 'call' ? entry.intent : ''))).size).toBe(2);
  expect(format.entries({ id: '7', success: '0' })).toEqual([{ kind: 'score', of: '7', name: 'success', value: 0 }]);
  expect(format.entries({ id: '8' })).toEqual([{ kind: 'left-out', why: 'without a model' }]);
});

test('an outcome that is neither yes, no nor a number is counted, and its call is read', () => {
  const format = mappedColumns(parseColumnMap('success=resolved'));
  const why = 'an outcome that is neither yes, no nor a number';
  const entries = format.entries({ id: '7', model: 'mini', resolved: 'maybe' });
  expect(entries.map(({ kind }) => kind)).toEqual(['call', 'intent', 'left-out']);
  expect(entries.at(-1)).toEqual({ kind: 'left-out', why });
  expect(format.entries({ id: '7', model: 'mini', resolved: '' }).map(({ kind }) => kind)).toEqual(['call', 'intent']);
});

test.each(['', 'feature', 'feature=', 'featur=app'])(
  'the map %j is refused with the fields that may be mapped',
  text => {
    expect(() => parseColumnMap(text)).toThrow(
      'maps no column (accepted: <what>=<column>, with one of id, feature, model,',
    );
  },
);

test('a time that cannot be read is not replaced by an invented one', () => {
  const format = mappedColumns(parseColumnMap('at=when'));
  expect(format.entries({ model: 'mini', when: '31.10.2026' })).toEqual([
    { kind: 'left-out', why: 'a time that cannot be read: 2026-10-31T14:00:00Z can' },
  ]);
});

test('columns of the map that no row has are reported at the end', () => {
  const format = mappedColumns(parseColumnMap('model=llm,success=resolvd,usd=price.total'));
  format.entries({ llm: 'mini', resolved: 'yes', price: { total: 1 } });
  expect(format.unseen()).toEqual(['resolvd']);
});
