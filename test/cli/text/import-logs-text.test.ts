import { expect, test } from 'vitest';
import { renderImportedLogs } from '../../../src/cli/text/import-logs-text.ts';

const result = {
  from: 'litellm',
  rows: 10,
  intents: 8,
  labelled: 0,
  byFeature: { support: { mini: { intents: 8, labelled: 0 } } },
  success: null,
  scores: {},
  leftOut: { 'answered by a cache': 2 },
  assigned: 'not known',
  ledger: 'router.db',
} as const;

test('the report of an import says what was left out, and what no log can say', () => {
  const text = renderImportedLogs(result);
  expect(text).toContain('8 intents of 10 rows are in router.db, 0 with an outcome.');
  expect(text).toContain('Left out: 2 × answered by a cache.');
  expect(text).toContain('No score is in these files');
  expect(text).toContain(
    'One model has answered each feature: nothing in these logs says how another one would have done.',
  );
});

test('where several models have answered, it says what would have to be true for an estimate', () => {
  const byFeature = { support: { ...result.byFeature.support, premium: { intents: 1, labelled: 0 } } };
  expect(renderImportedLogs({ ...result, byFeature })).toContain('--assigned randomly.');
  expect(renderImportedLogs({ ...result, byFeature, assigned: 'randomly' })).toContain('if that is so.');
});
