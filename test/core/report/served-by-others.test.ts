import { expect, test } from 'vitest';
import { servedByOthers } from '../../../src/core/report/served-by-others.ts';
import { featureNotes } from '../../../src/core/report/notes.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { cellsOf, many } from '../support/cells.ts';
import { attempt } from '../support/intents.ts';

const CELLS = cellsOf(
  many(28, {}),
  many(10, { attempts: [attempt('mini', 1, { servedBy: 'gpt-5-pro' })] }),
  many(2, { hour: 5, attempts: [attempt('mini', 1, { servedBy: 'gpt-5-pro' })] }),
  many(1, { hour: 5, attempts: [attempt('mini', 1, { servedBy: 'gpt-5' })] }),
  many(3, { plan: ['premium'] }),
);

test('visits that another model served are counted by model, over all hours, the most frequent first', () => {
  expect(servedByOthers(CELLS)).toEqual([
    { model: 'mini', servedBy: 'gpt-5-pro', visits: 12, of: 41 },
    { model: 'mini', servedBy: 'gpt-5', visits: 1, of: 41 },
  ]);
  expect(servedByOthers(cellsOf(many(28, {})))).toEqual([]);
});

test('a report notes which model served in place of another one, and how often', () => {
  expect(featureNotes(reportFeature('f', CELLS))).toContain(
    'mini was served by gpt-5-pro in 12 of 41 visits, which count for neither of the two models.',
  );
});

test('a report suggests configuring the other name of a model if all its replies have it', () => {
  const cells = cellsOf(many(12, { attempts: [attempt('mini', 1, { servedBy: 'gpt-4o' })] }));
  expect(featureNotes(reportFeature('f', cells))).toContain(
    'mini was served by gpt-4o in all of its visits. If that is its name at the provider, list it in servedAs.',
  );
});
