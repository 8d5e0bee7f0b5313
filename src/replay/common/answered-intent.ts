/** An intent that was decided, answered and settled in one go: what a table of outcomes, or a made-up world, has of it. */
import type { Intent } from '../../core/ledger/records.ts';
import type { Attempt, Decision, Evidence } from '../../core/ledger/vocabulary.ts';
import { nodeOf } from '../../core/ledger/vocabulary.ts';

/** One model's reply. */
export interface AnsweredBy {
  readonly costNanoUsd: number;
  readonly success: boolean;
  /** What the verdict says; true where there is none. */
  readonly accepted: boolean;
}

export interface Answered {
  readonly attempts: readonly Attempt[];
  readonly success: boolean;
  readonly costNanoUsd: number;
}

const NO_USAGE = Object.freeze({});
const REJECTED = Object.freeze({ accepted: false, by: 'replay' });
const SUCCEEDED: readonly Evidence[] = Object.freeze([Object.freeze({ source: 'explicit', success: true })]);
const FAILED: readonly Evidence[] = Object.freeze([Object.freeze({ source: 'explicit', success: false })]);

/** Asks the plan's models in order until a reply is accepted. */
export function followPlan(
  plan: readonly string[],
  { ask, nowMs, judgeNanoUsd = 0 }: { ask: (model: string) => AnsweredBy; nowMs: number; judgeNanoUsd?: number },
): Answered {
  const attempts: Attempt[] = [];
  let total = 0;
  let success = false;
  for (let position = 0; position < plan.length; position++) {
    const model = plan[position] as string;
    const reply = ask(model);
    const { costNanoUsd, accepted } = reply;
    success = reply.success;
    const attempt: Attempt = {
      kind: position === 0 ? 'first' : 'escalation',
      requestId: '1',
      turn: 1,
      model,
      node: position === 0 ? model : nodeOf(plan, position),
      providerModel: model,
      startedAtMs: nowMs,
      latencyMs: 0,
      status: 'ok',
      usage: NO_USAGE,
      costNanoUsd,
      provenance: 'reported',
    };
    attempts.push(accepted ? attempt : { ...attempt, verdict: REJECTED });
    if (judgeNanoUsd > 0) attempts.push({ ...attempt, kind: 'judge', costNanoUsd: judgeNanoUsd });
    total += costNanoUsd + judgeNanoUsd;
    if (accepted) break;
  }
  return { attempts, success, costNanoUsd: total };
}

/** The intent as its records would fold to, with its outcome known at once. */
export function settledIntent(parts: {
  readonly id: string;
  readonly feature: string;
  readonly segment: string;
  readonly decision: Decision;
  readonly answered: Answered;
  readonly atMs: number;
  readonly failureCostNanoUsd: number;
  readonly versions: Readonly<Record<string, string>>;
}): Intent {
  const { id, feature, segment, decision, answered, atMs, failureCostNanoUsd, versions } = parts;
  return {
    id,
    decided: {
      kind: 'decided',
      intentId: id,
      revision: 0,
      feature,
      atMs,
      segment,
      decision,
      failureCostNanoUsd,
      versions,
    },
    attempts: answered.attempts,
    evidence: answered.success ? SUCCEEDED : FAILED,
    outcome: { state: answered.success ? 'success' : 'failure', source: 'explicit', escalated: false },
    outcomeAtMs: atMs,
    revision: answered.attempts.length + 2,
  };
}
