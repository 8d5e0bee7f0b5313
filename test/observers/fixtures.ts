/** A request, its attempts and its intent, as observers receive them. */
import type { DecidedRecord, Intent } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import type { Attempt, Evidence } from '../../src/core/ledger/vocabulary.ts';
import type { RequestEnd, RequestStart } from '../../src/contracts/observer.ts';

export const START_MS = 1_790_000_000_000;

export const start: RequestStart = {
  feature: 'support.reply',
  intentId: 'int_7',
  requestId: 'req_1',
  session: 'user_3',
  startedAtMs: START_MS,
  providerOf: model => ({ mini: 'openai', premium: 'anthropic' })[model],
};

export const decided: DecidedRecord = {
  kind: 'decided',
  intentId: 'int_7',
  revision: 0,
  feature: 'support.reply',
  atMs: START_MS,
  session: 'user_3',
  segment: '',
  decision: {
    plan: ['mini', 'premium'],
    propensity: 0.62,
    eligible: ['mini', 'mini>premium'],
    policy: 'thompson',
    reason: 'share 0.62 of 2 plans',
  },
  failureCostNanoUsd: 15_000_000_000,
  versions: {},
  promptVersion: 'v3',
};

export const rejected: Attempt = {
  kind: 'first',
  requestId: 'req_1',
  turn: 1,
  model: 'mini',
  node: 'mini',
  providerModel: 'gpt-5-mini',
  responseModel: 'gpt-5-mini-2025-08-07',
  providerRequestId: 'prov_1',
  startedAtMs: START_MS,
  latencyMs: 400,
  status: 'ok',
  httpStatus: 200,
  usage: { input: 100, cacheRead: 900, output: 40, reasoning: 30 },
  costNanoUsd: 127_500,
  provenance: 'reported',
  verdict: { accepted: false, by: 'schema', reason: 'no total' },
};

export const climbed: Attempt = {
  kind: 'escalation',
  requestId: 'req_1',
  turn: 1,
  model: 'premium',
  node: 'mini>premium',
  providerModel: 'claude-opus-4-5',
  responseModel: 'claude-opus-4-5-20251101',
  startedAtMs: START_MS + 410,
  latencyMs: 1_500,
  firstByteMs: 250,
  status: 'ok',
  httpStatus: 200,
  usage: { input: 1_000, cacheWrite5m: 50, output: 300 },
  costNanoUsd: 12_812_500,
  provenance: 'reported',
  verdict: { accepted: true, by: 'schema' },
};

export const end: RequestEnd = {
  endedAtMs: START_MS + 1_950,
  decided,
  attempts: [rejected, climbed],
  answeredBy: 'premium',
};

/** The intent after its attempts and some evidence. */
export function intentWith(...evidence: readonly Evidence[]): Intent {
  const common = { intentId: 'int_7', feature: 'support.reply', atMs: START_MS };
  const attempts = end.attempts.map(
    (attempt, i) => ({ ...common, kind: 'attempted', revision: i + 1, attempt }) as const,
  );
  const labelled = evidence.map(
    (piece, i) => ({ ...common, kind: 'labelled', revision: i + 3, evidence: piece }) as const,
  );
  const intent = foldIntent([decided, ...attempts, ...labelled]);
  if (intent === undefined) throw new Error('no intent');
  return intent;
}

export function labelledRecord(evidence: Evidence) {
  const kind = 'labelled';
  return { kind, intentId: 'int_7', revision: 3, feature: 'support.reply', atMs: START_MS + 60_000, evidence } as const;
}
