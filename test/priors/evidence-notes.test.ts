import { expect, test } from 'vitest';
import type { CandidateOutcomes } from '../../src/contracts/prior.ts';
import { evidenceNotes } from '../../src/priors/evidence-notes.ts';
import { publicEvidence } from '../../src/priors/public-evidence.ts';
import { createRouter } from '../../src/create-router.ts';

const expected = new Map([['mini', { success: 0.62, outcomes: 4, sources: ['page 5', 'page 6'] }]]);
const notes = (...outcomes: readonly CandidateOutcomes[]) =>
  evidenceNotes('a survey', expected, { candidates: ['mini', 'seer', 'opus'], outcomes });

test('a note gives the success rate that the evidence predicts for a candidate, its weight in outcomes, and its source', () => {
  expect(notes()).toEqual([
    'Before its first outcome, mini was expected to succeed in 62.0 % by a survey, which count as 4 outcomes; it has no outcome ' +
      'yet. page 5; page 6.',
    'The prior from a survey says nothing about seer, opus.',
  ]);
});

test('the note also gives the success rate of the candidate’s own outcomes, with its interval', () => {
  expect(notes({ node: 'mini', n: 100, s: 90 })[0]).toContain('so far it succeeded in 90.0 % (82.6–94.5) of 100.');
});

test('a router with one feature decides by public evidence from the first intent on, and explains it with its outcomes', async () => {
  const explain = async (better: 'gpt-4.1' | 'gpt-4.1-nano') => {
    const models = {
      first: { provider: 'other', model: better === 'gpt-4.1' ? 'gpt-4.1-nano' : 'gpt-4.1', price: 'reported' },
      second: { provider: 'other', model: better, price: 'reported' },
    } as const;
    const router = createRouter({
      models,
      features: { code: { candidates: ['first', 'second'], failureCostUsd: 5, prior: publicEvidence('coding') } },
      seed: 1,
    });
    const before = await router.explain('code');
    const { intent } = await router.run('code', async () => ({ value: 'done', costUsd: 0.01 }));
    await intent.succeed();
    const after = await router.explain('code');
    await router.close();
    return { before, after };
  };
  const [right, wrong] = [await explain('gpt-4.1'), await explain('gpt-4.1-nano')];
  const { notes: said } = right.before;
  expect(said[1]).toMatch(
    /^Before its first outcome, second was expected to succeed in \d\d\.\d % by public benchmarks/,
  );
  expect(said[1]).toContain('Aider polyglot: 52.4 % of 225 tasks (gpt-4.1, 2025-04-14; Apache-2.0, https://github');
  expect(said.join()).not.toContain('so far');
  expect(right.after.notes.join()).toContain('so far it succeeded in 100 % (');
  // Of the posterior, not of samples. The prices of the two are the same.
  const successOf = ({ before: { plans } }: typeof right, k: number): number => plans[k]?.nodes[0]?.success.value ?? 0;
  expect(successOf(right, 1)).toBeGreaterThan(successOf(wrong, 1) + 0.02);
  expect(successOf(right, 0)).toBeLessThan(successOf(wrong, 0) - 0.02);
});
