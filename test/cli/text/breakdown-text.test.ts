import { expect, test } from 'vitest';
import { renderBreakdown } from '../../../src/cli/text/breakdown-text.ts';
import { breakdownOf } from '../../../src/core/report/breakdown.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../../core/support/cells.ts';

const cells = cellsOf(many(3, { evidence: [SUCCESS] }), many(1, { evidence: [FAILURE] })).filter(
  ({ key }) => key.scope === 'plan',
);
const groups = (count: number) => Array.from({ length: count }, (_, i) => ({ group: `user-${i}`, cells }));

test('a table of many groups ends with a row for the rest, so that its columns still add up', () => {
  const lines = renderBreakdown(breakdownOf('session', groups(120))).split('\n');
  const rows = lines.filter(line => line.startsWith('│')).slice(1);
  expect(rows).toHaveLength(50);
  expect(rows.at(-1)).toMatch(/71 others +│ +284 │ +│ +\$2\.84 │ +│ +│ +\$1,065\.00 │ +\$1,067\.84/);
});

test('a group without a name and one of removed intents get readable names', () => {
  const text = renderBreakdown(
    breakdownOf('session', [
      { group: null, cells },
      { group: null, isRemoved: true, cells },
    ]),
  );
  expect(text).toMatch(/│ none +│/);
  expect(text).toMatch(/│ pruned or archived +│/);
});

test('prompt versions are followed by their comparison, and by a warning about what the comparison may mix', () => {
  const versions = ['v1', 'v2'].map((group, i) => ({
    group,
    feature: 'f',
    cells: cells.map(({ key, sums }) => ({ key: { ...key, bucket: key.bucket + i }, sums })),
  }));
  const text = renderBreakdown(breakdownOf('prompt-version', versions));
  expect(text).toContain('f: v1 → v2');
  expect(text).toContain('The versions were used at different times');
});

test('models have neither a cost per intent nor a failure cost', () => {
  const text = renderBreakdown(breakdownOf('model', groups(1)));
  expect(text).not.toMatch(/Cost per intent +│|Failure cost/);
  expect(text).toContain('count for the model that answered last');
});

test('sessions show their caches’ savings and the cost of changing the model, and the rest of them are summed', () => {
  const reread = { switched: 0, expired: 0, missed: 0 };
  const cache = {
    requests: 4,
    withoutPrice: 0,
    promptTokens: 1000,
    readTokens: 250,
    savedUsd: '0.5',
    rereadUsd: { switched: '0.25', expired: '7', missed: '8' },
    rereadTokens: reread,
  };
  const { groups: found, ...rest } = breakdownOf('session', groups(52));
  const text = renderBreakdown({ ...rest, groups: found.map((group, i) => (i === 1 ? group : { ...group, cache })) });
  const rows = text.split('\n').filter(line => line.startsWith('│'));
  expect(rows[0]).toMatch(/Total cost │ Read from cache │ Caches saved │ Lost by changing the model/);
  expect(rows[1]).toMatch(/25\.0 % │ +\$0\.50 │ +\$0\.25 │$/);
  expect(rows[2]).toMatch(/– │ +– │ +– │$/);
  expect(rows.at(-1)).toMatch(/3 others .* │ +│ +\$1\.50 │ +\$0\.75 │$/);
  expect(text).toContain('`outcome-router show <session>` has its account');
});
