/** The policies of the latest decisions: what a report that knows only the ledger assumes of new intents. */
import { formatCount } from './wording.ts';

/** A policy, and how many of the latest decisions were its own. */
export interface DecidedPolicy {
  readonly name: string;
  readonly decisions: number;
}

/** Policies whose plans follow what is learned. */
const LEARNING_POLICIES: ReadonlySet<string> = new Set(['thompson', 'contextual']);

export function isLearningPolicy(name: string): boolean {
  return LEARNING_POLICIES.has(name);
}

/** Notes on what a report assumes about new intents; none where a single policy, which learns, is assumed to continue. */
export function policyNotes(policies: readonly DecidedPolicy[] = []): readonly string[] {
  if (policies.every(({ name }) => isLearningPolicy(name)) && policies.length < 2) return [];
  const total = policies.reduce((sum, { decisions }) => sum + decisions, 0);
  const names =
    policies.length === 1
      ? `all by the policy ${policies[0]?.name}`
      : policies.map(({ name, decisions }) => `${formatCount(decisions)} by the policy ${name}`).join(', ');
  const latest = total === 1 ? 'the latest decision' : `the latest ${formatCount(total)} decisions`;
  return [
    `A ledger does not name the policy of the next intents: it is assumed that they get the plans as in ${latest} (${names}).`,
  ];
}
