/** Whether a saving is real, in one sentence, including what its interval leaves open. */
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { FeatureSaving } from './savings.ts';
import { savingCells } from './savings-words.ts';
import { describePlan } from './wording.ts';

export function savingVerdict(saving: FeatureSaving, baseline: PlanKey): string {
  const always = `always choosing ${describePlan(baseline)}`;
  if (saving.kind === 'refused')
    return `Not known yet: the recorded intents cannot show what ${always} would have cost.`;
  const { low, high } = saving.perIntentUsd;
  const [, , difference] = savingCells(saving);
  if (low > 0) return `Yes: routing saves ${difference} per intent, compared with ${always}.`;
  if (high < 0) return `No: routing costs more than ${always} would have. Saved per intent: ${difference}.`;
  return `Not shown: chance may explain the difference. Saved per intent, compared with ${always}: ${difference}.`;
}
