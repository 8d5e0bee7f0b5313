import { expect, test } from 'vitest';
import { failuresAtZeroNote, featureNotes, mismatchNote } from '../../../src/core/report/notes.ts';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { AT_MS, attempt } from '../support/intents.ts';

const facts = { plans: ['mini', 'premium'], failureCostUsd: 15 };

test('notes say how many outcomes are missing and what their failures may cost, how often a person took over and what several turns cost', () => {
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
      { facts, halfWidthUsd: 0.05 },
    ),
  );
  expect(notes.map(note => note.replace(/[\d,.$%–() ±]+/g, '#'))).toEqual([
    '#more#outcomes#until#the#cost#per#intent#is#known#to#',
    '#pending#and#unknown#outcomes#are#left#out#of#every#success#rate#Their#failures#are#not#in#the#total#cost:#about#more#if#they#fail#as#often#as#the#others#',
    'A#person#took#over#once#',
    'One#turn:#success#at#an#intent;#several#turns:#at#intents#',
  ]);
});

test('the first note says what is chosen now, and why', () => {
  const report = reportFeature('f', cellsOf(many(40, { evidence: [SUCCESS] })), { facts });
  const sentence = 'mini is the only plan that can be chosen.';
  const preferred = { plan: 'mini', description: 'mini', success: 0.9, spendUsd: 0.01 };
  const decision = { preferred, failureCostUsd: 1, sentence };
  expect(featureNotes({ ...report, decision })[0]).toBe(`Now: ${sentence}`);
});

test('where no outcome is recorded, the first note says so, but not for intents whose silence window is still open', () => {
  const report = reportFeature('f', cellsOf(many(40, {})), { facts });
  expect(featureNotes(report)[0]).toMatch(/^No outcome of these intents is recorded/);
  const others = [
    reportFeature('f', cellsOf(many(40, {}), many(1, { evidence: [SUCCESS] })), { facts }),
    { ...report, awaitingSilence: 40 },
  ];
  for (const other of others) expect(featureNotes(other).join(' ')).not.toContain('No outcome of');
});

test('a note warns about unlabelled intents above 5 %, and names the silence window where it is known', () => {
  const hour = 3_600_000;
  const cells = cellsOf(many(93, { evidence: [SUCCESS] }), many(7, { hour: 48 }));
  const notes = (silence?: { afterMs: number; success: boolean }): readonly string[] =>
    featureNotes(
      reportFeature('f', cells, {
        facts: { ...facts, ...(silence === undefined ? {} : { silence }) },
        nowMs: AT_MS + 50 * hour,
      }),
    ).slice(1);
  expect(notes()).toEqual([
    '7.0 % of the intents have no outcome yet: where failures are reported before successes, the success rate is too low ' +
      'until then. No plan is declared the cheapest.',
  ]);
  const tooRecent = (means: string): string =>
    `7 intents are too recent for silence to mean ${means}, and left out of every success rate until then.`;
  expect(notes({ afterMs: 24 * hour, success: true })).toEqual([tooRecent('success')]);
  expect(notes({ afterMs: 24 * hour, success: false })).toEqual([tooRecent('failure')]);
});

test('a note names the models whose price changed, so that costs of two prices are not taken for one', () => {
  const cells = cellsOf(
    many(400, { evidence: [SUCCESS], versions: { mini: 'mini-1@aaaa$1' } }),
    many(100, { evidence: [SUCCESS], versions: { mini: 'mini-1@bbbb$2' } }),
  );
  expect(featureNotes(reportFeature('f', cells, { facts }))).toEqual([
    'Only intents since 2027-01-15 09:00 UTC can settle which plan is the cheapest: before that, a model, a price, a prompt or a rate was different.',
    'mini had 2 prices: figures of cost cover the visits at all of them. Decisions count those at its current price.',
  ]);
});

test('a note says how much of the spend is an estimate', () => {
  const guessed = attempt('mini', 10_000_000, { provenance: 'estimated' });
  const cells = cellsOf(many(400, { evidence: [SUCCESS] }), many(100, { attempts: [guessed], evidence: [SUCCESS] }));
  expect(featureNotes(reportFeature('f', cells, { facts }))).toEqual([
    '$1.00 of the model spend is an estimate: for calls whose usage is not known, or whose prices are not all known. ' +
      "The provider's bill corrects it: outcome-router reconcile.",
  ]);
});

test('a note names the plan that the report is settled on', () => {
  const cells = cellsOf(many(200, { evidence: [FAILURE] }), many(300, { plan: ['premium'], evidence: [SUCCESS] }));
  expect(featureNotes(reportFeature('f', cells, { facts }))).toEqual(['Settled: premium is the cheapest plan.']);
});

test('if another plan is chosen now than past intents settle on, the note explains why', () => {
  const cells = cellsOf(many(200, { evidence: [FAILURE] }), many(300, { plan: ['premium'], evidence: [SUCCESS] }));
  const report = reportFeature('f', cells, { facts });
  const preferred = { plan: 'mini', description: 'mini', success: 0.9, spendUsd: 0.01 };
  const decided = {
    ...report,
    decision: { preferred, failureCostUsd: 1, sentence: 'mini is the only plan that can be chosen.' },
  };
  expect(featureNotes(decided)[1]).toBe(
    'Settled: premium is the cheapest plan. The plan under “Now” is mini: it follows from the failure cost, the budget and the plans that can be chosen now; ' +
      'past intents settle what was cheapest.',
  );
  expect(featureNotes({ ...decided, routingDependsOnRequest: {} })[1]).toBe(
    'Settled: premium is the cheapest plan. The plan under “Now” is mini: it follows from the requests that each plan got; this comparison is on the same mix ' +
      'of segments.',
  );
  const premium = { ...preferred, plan: 'premium', description: 'premium' };
  expect(featureNotes({ ...decided, decision: { ...decided.decision, preferred: premium } })[1]).toBe(
    'Settled: premium is the cheapest plan.',
  );
});

test('a note says that nothing can be settled while a model is in use in two versions at once', () => {
  const made = Array.from({ length: 50 }, (_, hour) =>
    many(8, { hour, evidence: [SUCCESS], versions: { mini: hour % 2 === 0 ? 'a@1$1' : 'b@1$1' } }),
  );
  expect(
    featureNotes(reportFeature('f', cellsOf(...made, many(50, { plan: ['premium'] })), { facts })).join(' '),
  ).toContain(
    'Nothing can be settled while mini is in use in two versions at once: the last change is never long ago. Use one of them, or ' +
      'list both as candidates.',
  );
});

test('a report without anything to point out has no notes', () => {
  const report = reportFeature('f', cellsOf(many(500, { evidence: [SUCCESS] })), { facts });
  expect(featureNotes(report)).toEqual([]);
  expect(mismatchNote(report)).toBeUndefined();
});

test('a configured failure cost that records contradict is reported with both amounts', () => {
  const evidence = [{ ...FAILURE, costNanoUsd: 30e9 }];
  expect(mismatchNote(reportFeature('f', cellsOf(many(12, { evidence })), { facts }))).toBe(
    '12 recorded failures cost $30.00 on average, the configuration expected $15.00. Routing follows the configuration.',
  );
});

test('a note names the period that is covered where older statistics make it longer than the one asked for', () => {
  const DAY_MS = 86_400_000;
  const cells = foldCells(cellsOf(many(200, { evidence: [SUCCESS] })), grainsAt(AT_MS + 30 * DAY_MS));
  expect(featureNotes(reportFeature('f', cells, { facts, period: { fromMs: AT_MS } }))[0]).toBe(
    'Covered: since 2027-01-15 00:00 UTC, because older statistics are kept by day, then by week, and cannot be divided.',
  );
});

test('a note tells the cost of sending conversations again, and how the plans are then compared', () => {
  const report = reportFeature('f', cellsOf(many(40, { evidence: [SUCCESS] })), { facts });
  const sessions = { intents: 12, prefixUsd: '1.5', meanPrefixTokens: 5000, readFraction: 0.93, isStandard: true };
  expect(featureNotes({ ...report, sessions }).at(-1)).toBe(
    '12 intents of sessions sent 5,000 tokens of the conversation again on average, for $1.50 of the model spend; caches had 93.0 % of ' +
      'what had just been sent to the same model. Cost per intent and per success of the plans are what each would cost if it served ' +
      'whole sessions; model spend is as billed.',
  );
  const { readFraction: _, ...unread } = sessions;
  expect(featureNotes({ ...report, sessions: { ...unread, intents: 1, isStandard: false } }).at(-1)).toMatch(
    /^1 intent of a session sent .* as billed, because a price is not known/,
  );
});

test('failures that cost nothing are said to count as $0, beside the total and on their feature', () => {
  const outcomes = cellsOf(many(40, { evidence: [SUCCESS] }), many(12, { evidence: [FAILURE], failureCostNanoUsd: 0 }));
  const free = reportFeature('free', outcomes, { facts: { ...facts, failureCostUsd: 0 } });
  const priced = reportFeature('priced', cellsOf(many(2, { evidence: [FAILURE] })), { facts });
  const words =
    'No failure cost is known: 12 failures count as $0, so that total cost and cost per intent are model spend alone';
  expect(featureNotes(free).join(' ')).toContain(words);
  expect(featureNotes(priced).join(' ')).not.toContain('No failure cost');
  expect(failuresAtZeroNote({ features: [priced] })).toBeUndefined();
  expect(failuresAtZeroNote({ features: [free] })).toContain(`${words}. Compare cost per success`);
  expect(failuresAtZeroNote({ features: [free, priced] })).toContain(`${words} (of free). `);
});
