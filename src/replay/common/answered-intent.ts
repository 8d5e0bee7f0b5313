/** An intent that is decided, answered and labelled at once, as in an outcome table or a simulated world. */
import type { Intent } from '../../core/ledger/records.ts';
import type { Attempt, Decision, Evidence } from '../../core/ledger/vocabulary.ts';
import { nodeOf } from '../../core/ledger/vocabulary.ts';

/** Start of simulated time. Any full hour would do, because cells are hourly. */
export const SIMULATION_START_MS = 1_700_002_800_000;

/** One model's reply. */
export interface ModelReply {
  readonly costNanoUsd: number;
  readonly success: boolean;
  /** The verdict; true where there is none. */
  readonly accepted: boolean;
}

export interface PlanResult {
  readonly attempts: readonly Attempt[];
  readonly success: boolean;
  readonly costNanoUsd: number;
}

const NO_USAGE = Object.freeze({});
const REJECTED = Object.freeze({ accepted: false, by: 'replay' });
const SUCCEEDED: readonly Evidence[] = Object.freeze([Object.freeze({ source: 'explicit', success: true })]);
const FAILED: readonly Evidence[] = Object.freeze([Object.freeze({ source: 'explicit', success: false })]);

/** Calls the plan's models in order until a reply is accepted. */
export function followPlan(
  plan: readonly string[],
  { ask, nowMs, judgeNanoUsd = 0 }: { ask: (model: string) => ModelReply; nowMs: number; judgeNanoUsd?: number },
): PlanResult {
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

/** The intent that its records would fold to, labelled at the time of its decision. */
export function labelledIntent(parts: {
  readonly id: string;
  readonly feature: string;
  readonly segment: string;
  readonly decision: Decision;
  readonly result: PlanResult;
  readonly atMs: number;
  readonly failureCostNanoUsd: number;
  readonly versions: Readonly<Record<string, string>>;
}): Intent {
  const { id, feature, segment, decision, result, atMs, failureCostNanoUsd, versions } = parts;
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
    attempts: result.attempts,
    evidence: result.success ? SUCCEEDED : FAILED,
    outcome: { state: result.success ? 'success' : 'failure', source: 'explicit', escalated: false },
    outcomeAtMs: atMs,
    revision: result.attempts.length + 2,
  };
}
