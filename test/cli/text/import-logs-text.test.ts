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
  failuresAtZero: {},
  ledger: 'router.db',
} as const;

test('the report of an import says what was left out, and which questions no log can answer', () => {
  const text = renderImportedLogs(result);
  expect(text).toContain('8 intents of 10 rows are in router.db, 0 with an outcome.');
  expect(text).toContain('Left out: 2 × answered by a cache.');
  expect(text).toContain('No score is in these files');
  expect(text).toContain(
    'One model has answered each feature: nothing in these logs says how another one would have done.',
  );
});

test('where several models have answered, the text says what would have to be true for an estimate', () => {
  const byFeature = { support: { ...result.byFeature.support, premium: { intents: 1, labelled: 0 } } };
  expect(renderImportedLogs({ ...result, byFeature })).toContain('--assigned randomly.');
  expect(renderImportedLogs({ ...result, byFeature, assigned: 'randomly' })).toContain(
    'If it was, `report --baseline`',
  );
});

test('failures that count as $0 are reported prominently, with the option that gives them a cost', () => {
  expect(renderImportedLogs(result)).not.toContain('WARNING');
  const text = renderImportedLogs({ ...result, failuresAtZero: { support: 1200 } });
  expect(text).toContain('WARNING: what a failure costs is not known, so that 1,200 failures count as $0:');
  expect(text).toContain('--failure-cost 15');
  const byFeature = { ...result.byFeature, search: { mini: { intents: 1, labelled: 1 } } };
  expect(renderImportedLogs({ ...result, byFeature, failuresAtZero: { search: 1 } })).toContain(
    '1 failure of search counts as $0',
  );
});

test('the text of an import ends with the commands that can answer questions from these logs', () => {
  expect(renderImportedLogs(result)).toContain('npx outcome-router report router.db');
  const byFeature = { support: { mini: { intents: 3, labelled: 3 }, premium: { intents: 5, labelled: 5 } } };
  const ofTwo = renderImportedLogs({ ...result, byFeature, assigned: 'randomly' });
  expect(ofTwo).toContain('npx outcome-router report router.db --baseline premium');
  const { ledger: _, ...table } = { ...result, byFeature, table: 'outcomes.csv' };
  expect(renderImportedLogs(table)).toContain('npx outcome-router priors outcomes.csv');
  expect(renderImportedLogs(table)).toContain('Not for `bench`');
});
