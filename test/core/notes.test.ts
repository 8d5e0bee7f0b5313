import { expect, test } from 'vitest';
import { featureNotes, mismatchNote } from '../../src/core/notes.ts';
import { reportFeature } from '../../src/core/report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from './cells.ts';
import { attempt } from './intents.ts';

const facts = { plans: ['mini', 'premium'], failureCostUsd: 15 };

test('what is missing, who took over, what turns cost and how many outcomes more are each a sentence', () => {
  const twice = [attempt('mini', 10_000_000), attempt('mini', 10_000_000, { turn: 2, requestId: 'r2' })];
  const notes = featureNotes(
    reportFeature(
      'f',
      cellsOf(
        many(40, { evidence: [SUCCESS] }),
        many(1, { evidence: [{ ...FAILURE, escalated: true }] }),
        many(7, {}),
        many(9, { attempts: twice, evidence: [SUCCESS] }),
      ),
      { facts },
    ),
  );
  expect(notes.map(note => note.replace(/[\d,.$%–() ±]+/g, '#'))).toEqual([
    '#more#outcomes#until#the#cost#per#intent#is#known#to#',
    '#pending#and#unknown#outcomes#are#in#no#success#rate#',
    'A#person#took#over#once#',
    'One#turn:#success#at#an#intent;#several#turns:#at#intents#',
  ]);
});

test('there is no note where there is nothing to say', () => {
  const report = reportFeature('f', cellsOf(many(500, { evidence: [SUCCESS] })), { facts, halfWidthUsd: 100 });
  expect(featureNotes(report)).toEqual([]);
  expect(mismatchNote(report)).toBeUndefined();
});

test('a failure cost that the records contradict is said with both amounts', () => {
  const evidence = [{ ...FAILURE, costNanoUsd: 30e9 }];
  expect(mismatchNote(reportFeature('f', cellsOf(many(12, { evidence })), { facts }))).toBe(
    '12 recorded failures cost $30.00 on average, the configuration expected $15.00. Routing follows the configuration.',
  );
});
