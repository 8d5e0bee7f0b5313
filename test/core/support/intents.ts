/** Complete, small intents for the tests of the core, which a test writes in one line each. */
import fc from 'fast-check';
import type { Intent, LedgerRecord, SessionPrefix } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { Attempt, Evidence, Plan } from '../../../src/core/ledger/vocabulary.ts';
import { EVIDENCE_SOURCES, nodeOf, planKey } from '../../../src/core/ledger/vocabulary.ts';

export const AT_MS = 1_800_000_000_000;

export function attempt(node: string, costNanoUsd: number, more: Partial<Attempt> = {}): Attempt {
  const model = node.slice(Math.max(node.lastIndexOf('>'), node.lastIndexOf('!')) + 1);
  return {
    kind: node === model ? 'first' : 'escalation',
    requestId: 'r1',
    turn: 1,
    model,
    node,
    providerModel: model,
    startedAtMs: AT_MS,
    latencyMs: 100,
    status: 'ok',
    usage: {},
    costNanoUsd,
    provenance: 'reported',
    ...more,
  };
}

export const REJECTED = { verdict: { accepted: false, by: 'schema' } };
export const ACCEPTED = { verdict: { accepted: true, by: 'schema' } };

/** The records of one intent: decided for `plan`, then its attempts, then its evidence a minute apart. */
export function records(
  plan: Plan,
  {
    attempts = [],
    evidence = [],
    failureCostNanoUsd = 15_000_000_000,
    prefix,
  }: {
    attempts?: readonly Attempt[];
    evidence?: readonly Evidence[];
    failureCostNanoUsd?: number;
    prefix?: SessionPrefix | undefined;
  },
): readonly LedgerRecord[] {
  const fact = (revision: number, afterMs: number) => ({
    intentId: 'i1',
    revision,
    feature: 'f',
    atMs: AT_MS + afterMs,
  });
  return [
    {
      ...fact(0, 0),
      kind: 'decided',
      ...(prefix === undefined ? {} : { session: 's1', prefix }),
      segment: '',
      decision: { plan, propensity: 0.5, eligible: [planKey(plan)], policy: 'thompson', reason: '' },
      failureCostNanoUsd,
      versions: { mini: 'm1', premium: 'p1' },
    },
    ...attempts.map((each, i): LedgerRecord => ({ ...fact(1 + i, i), kind: 'attempted', attempt: each })),
    ...evidence.map(
      (each, i): LedgerRecord => ({
        ...fact(1 + attempts.length + i, 60_000 * (i + 1)),
        kind: i === 0 ? 'labelled' : 'corrected',
        evidence: each,
      }),
    ),
  ];
}

export function intentOf(plan: Plan, parts: Parameters<typeof records>[1]): Intent {
  return foldIntent(records(plan, parts)) as Intent;
}

export const anyEvidence: fc.Arbitrary<Evidence> = fc.record(
  {
    source: fc.constantFrom(...EVIDENCE_SOURCES),
    success: fc.constantFrom(true, false, null),
    escalated: fc.boolean(),
    costNanoUsd: fc.nat(),
  },
  { requiredKeys: ['source', 'success'] },
);

const PLAN: Plan = ['mini', 'premium'];

const anyAttempt: fc.Arbitrary<Attempt> = fc
  .record({
    node: fc.constantFrom(nodeOf(PLAN, 0), nodeOf(PLAN, 1), 'mini!premium'),
    cost: fc.oneof(fc.constant(0), fc.nat({ max: 10_000_000_000 })),
    kind: fc.constantFrom('first', 'retry', 'escalation', 'judge'),
    turn: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom('ok', 'provider-fault', 'timeout', 'broken'),
    accepted: fc.option(fc.boolean(), { nil: undefined }),
    provenance: fc.constantFrom('reported', 'estimated', 'none'),
    servedBy: fc.constantFrom(undefined, undefined, 'other-1', 'other-2'),
    prefixPart: fc.constantFrom(0, 0.25, 1),
  })
  .map(({ node, cost, accepted, turn, servedBy, prefixPart, ...rest }) =>
    attempt(node, rest.status === 'ok' || rest.status === 'broken' ? cost : 0, {
      ...rest,
      ...(prefixPart === 0 || (rest.status !== 'ok' && rest.status !== 'broken')
        ? {}
        : { prefixNanoUsd: Math.round(cost * prefixPart) }),
      turn,
      requestId: `r${turn}`,
      ...(servedBy === undefined ? {} : { servedBy }),
      ...(accepted === undefined ? {} : { verdict: { accepted, by: 'schema' } }),
    }),
  );

/** The records of any intent, plausible or not. Its decision may be of any hour, segment and versions. */
export const anyRecords: fc.Arbitrary<readonly LedgerRecord[]> = fc
  .record({
    plan: fc.constantFrom<Plan>(PLAN, ['mini']),
    attempts: fc.array(anyAttempt, { maxLength: 6 }),
    evidence: fc.array(anyEvidence, { maxLength: 4 }),
    failureCostNanoUsd: fc.constantFrom(0, 15_000_000_000),
    prefix: fc.constantFrom<(SessionPrefix | undefined)[]>(
      undefined,
      { tokens: 0, earlierIntents: 0 },
      { tokens: 9000, gapMs: 40_000, earlierIntents: 1 },
      { tokens: 9000, gapMs: 400_000, earlierIntents: 7 },
      { tokens: 150_000, gapMs: 4_000_000, earlierIntents: 30 },
    ),
    hour: fc.constantFrom(0, 1),
    segment: fc.constantFrom('', 'pro'),
    versions: fc.constantFrom<Readonly<Record<string, string>>>({}, { mini: 'm1', premium: 'p1' }),
  })
  .map(({ plan, hour, segment, versions, ...parts }) =>
    records(plan, parts).map(record => ({
      ...record,
      atMs: record.atMs + hour * 3_600_000,
      ...(record.kind === 'decided' ? { segment, versions } : {}),
    })),
  );
