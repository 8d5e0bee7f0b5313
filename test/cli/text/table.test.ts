import { expect, test } from 'vitest';
import { left, renderTable, right } from '../../../src/cli/text/table.ts';

test('a column of numbers is right-aligned', () => {
  const lines = renderTable(
    [left('model'), right('USD')],
    [
      ['mini', '4.5'],
      ['premium', '14'],
    ],
  ).split('\n');
  expect(lines.find(line => line.includes('mini'))).toMatch(/│ mini {4}│ 4\.5 │/);
  expect(lines.find(line => line.includes('premium'))).toMatch(/│ premium │ {2}14 │/);
});

test('a table contains no escape sequence', () => {
  expect(renderTable([left('a')], [['b']])).not.toContain('\u001b');
});

test('a name in a table cannot control the terminal or break its row', () => {
  const text = renderTable([left('feature')], [['evil\u001b]0;title\u0007\nname\u202e']]);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('evil');
  expect(text.split('\n').filter(line => line.includes('evil'))).toHaveLength(1);
});
