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

test('a group without a name and one of removed intents have names for people', () => {
  const text = renderBreakdown(
    breakdownOf('session', [
      { group: null, cells },
      { group: null, isRemoved: true, cells },
    ]),
  );
  expect(text).toMatch(/│ none +│/);
  expect(text).toMatch(/│ pruned or archived +│/);
});

test('prompt versions are followed by their comparison, and by what it may be of', () => {
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
  expect(text).toContain('of the model that answered last');
});
