/** OpenTelemetry attributes: our own under `outcome_router.`, and those of the GenAI semantic conventions. */
import type { Attributes } from '@opentelemetry/api';
import type { Intent } from '../core/ledger/records.ts';
import { toUsd } from '../core/ledger/money.ts';
import type { Usage } from '../core/ledger/usage.ts';
import { inputTokens } from '../core/ledger/usage.ts';
import type { Attempt, Evidence } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { RequestEnd, RequestStart } from '../contracts/observer.ts';

/** The ids of a request, which every span and event carries. */
export function identity(
  of: Pick<RequestStart, 'feature' | 'intentId' | 'session'> & { requestId?: string },
): Attributes {
  return defined({
    'outcome_router.feature': of.feature,
    'outcome_router.intent_id': of.intentId,
    'outcome_router.request_id': of.requestId,
    'outcome_router.session_id': of.session,
    'gen_ai.conversation.id': of.session,
  });
}

/** Attributes of a request that has ended. */
export function requestEnd({ decided, attempts, answeredBy }: RequestEnd): Attributes {
  const { plan, propensity, policy, reason } = decided.decision;
  const last = attempts.at(-1);
  return defined({
    'outcome_router.plan': planKey(plan),
    'outcome_router.propensity': propensity,
    'outcome_router.policy': policy,
    'outcome_router.reason': reason,
    'outcome_router.segment': decided.segment === '' ? undefined : decided.segment,
    'outcome_router.turn': last?.turn,
    'outcome_router.model': answeredBy,
    'outcome_router.response_model': answeredBy === last?.model ? last?.responseModel : undefined,
    'outcome_router.attempts': attempts.length,
    'outcome_router.cost_usd': costUsd(attempts),
    'outcome_router.cost_provenance': provenance(attempts),
    'outcome_router.unpriced': unpriced(attempts),
    'outcome_router.input_tokens': sum(attempts, inputTokens),
    'outcome_router.output_tokens': sum(attempts, outputTokens),
    'gen_ai.prompt.version': decided.promptVersion,
  });
}

/** Attributes of an attempt's event. */
export function attemptEvent(attempt: Attempt): Attributes {
  return defined({
    'outcome_router.model': attempt.model,
    'outcome_router.kind': attempt.kind,
    'outcome_router.node': attempt.node,
    'outcome_router.status': attempt.status,
    'outcome_router.served_by': attempt.servedBy,
    'outcome_router.service_tier': attempt.tier,
    'outcome_router.speed': attempt.speed,
    'outcome_router.region': attempt.region,
    'outcome_router.cost_usd': toUsd(attempt.costNanoUsd),
    'outcome_router.cost_provenance': attempt.provenance,
    'outcome_router.unpriced': unpriced([attempt]),
    'outcome_router.latency_ms': attempt.latencyMs,
    'outcome_router.verdict.accepted': attempt.verdict?.accepted,
    'outcome_router.verdict.by': attempt.verdict?.by,
    'outcome_router.verdict.reason': attempt.verdict?.reason,
    'outcome_router.provider_request_id': attempt.providerRequestId,
    'http.response.status_code': attempt.httpStatus,
    'error.type': errorType(attempt),
  });
}

/** Attributes of an attempt's inference span, by the GenAI semantic conventions. */
export function inference(attempt: Attempt, provider: string | undefined): Attributes {
  const { usage } = attempt;
  return defined({
    ...inferenceDimensions(attempt, provider),
    'outcome_router.model': attempt.model,
    'gen_ai.usage.input_tokens': inputTokens(usage),
    'gen_ai.usage.output_tokens': outputTokens(usage),
    'gen_ai.usage.cache_read.input_tokens': cacheReadTokens(usage),
    'gen_ai.usage.cache_write.input_tokens': cacheWriteTokens(usage),
    'gen_ai.usage.reasoning.output_tokens': usage.reasoning,
    'gen_ai.response.time_to_first_chunk': attempt.firstByteMs === undefined ? undefined : attempt.firstByteMs / 1_000,
    'http.response.status_code': attempt.httpStatus,
  });
}

/** The dimensions of an inference metric: attributes with few values. */
export function inferenceDimensions(attempt: Attempt, provider: string | undefined): Attributes {
  return defined({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': attempt.providerModel,
    'gen_ai.response.model': attempt.responseModel,
    'error.type': errorType(attempt),
  });
}

/** Attributes of the event `gen_ai.evaluation.result`: the outcome after a piece of evidence. */
export function evaluation(evidence: Evidence, { attempts, outcome }: Intent): Attributes {
  const { state } = outcome;
  return defined({
    'outcome_router.model': attempts.at(-1)?.model,
    'gen_ai.evaluation.name': evidence.signal ?? evidence.source,
    'gen_ai.evaluation.score.value': state === 'success' ? 1 : state === 'failure' ? 0 : undefined,
    'gen_ai.evaluation.score.label': state,
    'gen_ai.evaluation.explanation': explanation(evidence),
  });
}

function explanation({ source, value, escalated }: Evidence): string {
  const parts = [
    source,
    ...(value === undefined ? [] : [`value ${value}`]),
    ...(escalated === true ? ['escalated'] : []),
  ];
  return parts.join(', ');
}

export function outcomeAttributes(intent: Intent): Attributes {
  const { attempts, decided, outcome } = intent;
  const failureCost = outcome.costNanoUsd ?? decided.failureCostNanoUsd;
  return defined({
    'outcome_router.outcome': outcome.state,
    'outcome_router.outcome.source': outcome.source,
    'outcome_router.escalated': outcome.escalated,
    'outcome_router.plan': planKey(decided.decision.plan),
    'outcome_router.model': attempts.at(-1)?.model,
    'outcome_router.cost_usd': costUsd(attempts),
    'outcome_router.failure_cost_usd': outcome.state === 'failure' ? toUsd(failureCost) : undefined,
  });
}

/** The span's `error.type`: the name of the thrown error. */
export function thrownType(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

export function outputTokens({ output = 0, outputAudio = 0, outputImage = 0 }: Usage): number {
  return output + outputAudio + outputImage;
}

export function cacheReadTokens({ cacheRead = 0, cacheReadAudio = 0 }: Usage): number {
  return cacheRead + cacheReadAudio;
}

export function cacheWriteTokens({ cacheWrite5m = 0, cacheWrite1h = 0 }: Usage): number {
  return cacheWrite5m + cacheWrite1h;
}

function errorType({ status, httpStatus }: Attempt): string | undefined {
  if (status === 'ok') return undefined;
  // An error may arrive with status 200.
  return httpStatus !== undefined && httpStatus >= 400 ? httpStatus.toString() : status;
}

function costUsd(attempts: readonly Attempt[]): number {
  return toUsd(attempts.reduce((total, attempt) => total + BigInt(attempt.costNanoUsd), 0n));
}

function provenance(attempts: readonly Attempt[]): string | undefined {
  if (attempts.some(attempt => attempt.provenance === 'estimated')) return 'estimated';
  return attempts.some(attempt => attempt.provenance === 'reported') ? 'reported' : undefined;
}

/** Why a cost is estimated, if a price is missing. */
function unpriced(attempts: readonly Attempt[]): string[] | undefined {
  const parts = new Set(attempts.flatMap(attempt => attempt.unpriced ?? []));
  return parts.size === 0 ? undefined : [...parts];
}

function sum(attempts: readonly Attempt[], of: (usage: Usage) => number): number {
  return attempts.reduce((total, attempt) => total + of(attempt.usage), 0);
}

function defined(attributes: Readonly<Record<string, Attributes[string]>>): Attributes {
  const present: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) present[name] = value;
  return present;
}
