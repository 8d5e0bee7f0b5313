import { expect, test } from 'vitest';
import { renderTable } from '../../../src/cli/text/table.ts';

test('a column of numbers is aligned from the right', () => {
  const lines = renderTable(
    [{ title: 'model' }, { title: 'USD', align: 'right' }],
    [
      ['mini', '4.5'],
      ['premium', '14'],
    ],
  ).split('\n');
  expect(lines.find(line => line.includes('mini'))).toMatch(/│ mini {4}│ 4\.5 │/);
  expect(lines.find(line => line.includes('premium'))).toMatch(/│ premium │ {2}14 │/);
});

test('a table holds no escape sequence, so that it pastes and pipes well', () => {
  expect(renderTable([{ title: 'a' }], [['b']])).not.toContain('\u001b');
});

test('a name from outside cannot drive the terminal', () => {
  const text = renderTable([{ title: 'feature' }], [['evil\u001b]0;title\u0007\nname\u202e']]);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toContain('evil');
  expect(text.split('\n').filter(line => line.includes('evil'))).toHaveLength(1);
});
