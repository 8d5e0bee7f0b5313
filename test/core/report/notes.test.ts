import { expect, test } from 'vitest';
import { featureNotes, mismatchNote } from '../../../src/core/report/notes.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { AT_MS, attempt } from '../support/intents.ts';

const facts = { plans: ['mini', 'premium'], failureCostUsd: 15 };

test('what is missing, who took over, what turns cost and how many outcomes more are each a sentence', () => {
  const twice = [attempt('mini', 10_000_000), attempt('mini', 10_000_000, { turn: 2, requestId: 'r2' })];
  const notes = featureNotes(
    reportFeature(
      'f',
      cellsOf(
        many(40, { evidence: [SUCCESS] }),
        many(1, { evidence: [{ ...FAILURE, escalated: true }] }),
        many(2, {}),
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

test('intents without an outcome are worth a word above 5 %, with the window of silence where it is known', () => {
  const hour = 3_600_000;
  const cells = cellsOf(many(93, { evidence: [SUCCESS] }), many(7, { hour: 48 }));
  const words = (silence?: { afterMs: number; success: boolean }): readonly string[] =>
    featureNotes(
      reportFeature('f', cells, {
        facts: { ...facts, ...(silence === undefined ? {} : { silence }) },
        nowMs: AT_MS + 50 * hour,
        halfWidthUsd: 100,
      }),
    ).slice(1);
  expect(words()).toEqual([
    '7.0 % of the intents have no outcome yet: where failures are heard before successes, the success rate reads too low ' +
      'until then. Nothing is called settled.',
  ]);
  const young = (means: string): string =>
    `7 intents are too young for silence to mean ${means}, and in no success rate yet.`;
  expect(words({ afterMs: 24 * hour, success: true })).toEqual([young('success')]);
  expect(words({ afterMs: 24 * hour, success: false })).toEqual([young('failure')]);
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
