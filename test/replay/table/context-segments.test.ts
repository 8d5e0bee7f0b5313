import { expect, test } from 'vitest';
import { contextSegments } from '../../../src/replay/table/context-segments.ts';
import type { OutcomeRow } from '../../../src/replay/table/outcome-table.ts';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';

const row = (id: string, more: Partial<OutcomeRow>): OutcomeRow => ({
  id,
  feature: 'f',
  model: 'm',
  success: 1,
  costUsd: 0,
  ...more,
});

test('a segment has the name that a running router gives it, and unknown facts are left out', () => {
  const table = outcomeTable([
    row('1', {}),
    row('2', { context: 'plan=free', promptChars: 100, promptTurns: 3, promptTools: 2, difficulty: 0.1 }),
    row('3', { promptChars: 50_000, promptTools: 0 }),
    row('4', { difficulty: 1 }),
  ]);
  expect(contextSegments(table)).toEqual([
    '',
    'plan=free,length=short,turns=2-4,tools=used,difficulty=below-0.3',
    'length=huge,tools=none',
    'difficulty=from-0.7',
  ]);
});
