/** The decision of a new intent, and how it gets into the book. */
import type { ObservedContext } from '../../core/ledger/context-buckets.ts';
import { lengthBucket, turnsBucket } from '../../core/ledger/context-buckets.ts';
import type { DecidedRecord, Intent } from '../../core/ledger/records.ts';
import type { Decision } from '../../core/ledger/vocabulary.ts';
import type { Engine } from '../engine.ts';
import type { RequestRequirements } from '../state/capable-models.ts';
import type { DecideOptions } from '../state/feature-state.ts';
import { forcedDecision } from '../state/policy-decision.ts';
import type { SessionBook } from '../state/session-book.ts';
import type { BegunRequest, RoutedRequest } from './routed-request.ts';

/** The part of a request that its intent's decision depends on. */
type Undecided = Pick<
  RoutedRequest,
  'feature' | 'intentId' | 'isNew' | 'options' | 'requirements' | 'facts' | 'promptChars' | 'boundTo'
> & { readonly begun?: Pick<BegunRequest, 'decided'> | undefined };

type NewDecision = { -readonly [Key in keyof DecidedRecord]: DecidedRecord[Key] };

const NOTHING: readonly never[] = [];

/** Decides an intent and adds the decision to the book, unless the intent has one already. */
export function decideAndStore(
  { book, runtime, sessions }: Pick<Engine, 'book' | 'runtime' | 'sessions'>,
  request: Undecided,
): Intent {
  // A budget counts what is in the ledger, so waiting records are written before the decision.
  if (request.feature.rails.any) book.writeWaiting();
  const decided = [request.begun?.decided ?? decide(request, runtime.nowMs(), sessions.book)];
  const add = request.isNew ? book.begin : book.add;
  return add(request.intentId, existing => (existing === undefined ? decided : NOTHING)) as Intent;
}

const NO_REQUIREMENTS: RequestRequirements = { capabilities: () => new Set() };

/** Decides an intent whose outcome was recorded before its first request, so that there is an intent to record it on. */
export async function decideBeforeRequest(
  engine: Pick<Engine, 'book' | 'runtime' | 'sessions' | 'feed'>,
  intent: Pick<RoutedRequest, 'feature' | 'intentId' | 'options'>,
): Promise<void> {
  await engine.feed.ready(intent.feature.config.name);
  decideAndStore(engine, { ...intent, isNew: false, requirements: NO_REQUIREMENTS });
}

export function decide(request: Undecided, nowMs: number, sessions?: SessionBook): NewDecision {
  const { feature, options } = request;
  const { session } = options;
  const { config } = feature;
  const failureCostNanoUsd = options.failureCostNanoUsd ?? config.failureCostNanoUsd;
  const segment = segmentOf(request);
  const isBySession = session !== undefined && config.sessionCosts !== false;
  const known = isBySession ? sessions?.prefixOf(session, config.name, () => textLength(request)) : undefined;
  const term = known && sessions?.termOf(known, feature, { segment, failureCostNanoUsd });
  const decision = decisionOf(request, segment, { failureCostNanoUsd, term });
  const decided: NewDecision = {
    kind: 'decided',
    intentId: request.intentId,
    revision: 0,
    feature: config.name,
    atMs: nowMs,
    segment,
    decision,
    failureCostNanoUsd,
    versions: feature.versions(),
  };
  if (session !== undefined) decided.session = session;
  if (session !== undefined && known !== undefined) {
    sessions?.begun(session, known, config);
    const isCounted = term !== undefined && decision.policy !== 'forced';
    decided.prefix = isCounted ? { ...known.prefix, term } : known.prefix;
  }
  if (config.promptVersion !== undefined) decided.promptVersion = config.promptVersion;
  return decided;
}

/** The context that the application declared, then what the router observes in the request where that is configured. */
function segmentOf({ feature, options, facts }: Undecided): string {
  const { observedContext } = feature.config;
  const declared = options.segment ?? '';
  if (observedContext.length === 0 || facts === undefined) return declared;
  const observed = observedContext.map(name => `${name}=${bucketOf(name, facts)}`).join(',');
  return declared === '' ? observed : `${declared},${observed}`;
}

function bucketOf(name: ObservedContext, facts: NonNullable<Undecided['facts']>): string {
  switch (name) {
    case 'length':
      return lengthBucket(facts.chars);
    case 'turns':
      return turnsBucket(facts.turns);
    case 'tools':
      return facts.capabilities.has('tools') ? 'used' : 'none';
  }
}

/** Text length; it says nothing about tokens where images or files are included. */
function textLength({ facts, promptChars }: Pick<Undecided, 'facts' | 'promptChars'>): number | undefined {
  if (facts === undefined) return promptChars;
  if (LONG_PARTS.some(part => facts.capabilities.has(part))) return undefined;
  return facts.chars;
}

const LONG_PARTS = ['images', 'files', 'audio'] as const;

function decisionOf({ feature, requirements, boundTo }: Undecided, segment: string, options: DecideOptions): Decision {
  if (boundTo?.model !== undefined && feature.models.has(boundTo.model))
    return forcedDecision([boundTo.model], `bound to its model: ${boundTo.reason}`);
  return feature.decide(requirements, segment, options);
}
