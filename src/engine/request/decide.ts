/** The decision of a new intent, and how it gets into the book. */
import type { ObservedContext } from '../../core/ledger/context-buckets.ts';
import { lengthBucket, turnsBucket } from '../../core/ledger/context-buckets.ts';
import type { DecidedRecord, Intent } from '../../core/ledger/records.ts';
import type { NanoUsd } from '../../core/ledger/money.ts';
import type { Decision } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { RequestFacts } from '../../contracts/wire.ts';
import type { Engine } from '../engine.ts';
import type { FeatureState, RequestRequirements } from '../state/feature-state.ts';
import { forcedDecision } from '../state/feature-state.ts';
import type { RoutedRequest } from './route.ts';

/** What an application says of an intent when it makes the handle. */
export interface IntentOptions {
  readonly session?: string;
  /** What a failure of this intent costs; default: the feature's. */
  readonly failureCostNanoUsd?: NanoUsd;
  readonly segment?: string;
}
type NewDecision = { -readonly [Key in keyof DecidedRecord]: DecidedRecord[Key] };

/** Decides an intent and puts it into the book. */
export function openDecided(engine: Engine, request: Undecided): Intent {
  const decided = [decide(engine, request)];
  return engine.book.add(request.intentId, existing => (existing === undefined ? decided : NOTHING)) as Intent;
}

const NOTHING: readonly never[] = [];

/** Decides an intent that has had no request yet, because something was said of it already. */
export async function openIntent(
  engine: Engine,
  feature: FeatureState,
  intentId: string,
  options: IntentOptions,
): Promise<void> {
  await engine.feed.ready(feature.config.name);
  openDecided(engine, { feature, intentId, options, wants: ANYTHING });
}

const ANYTHING: RequestRequirements = { capabilities: () => new Set() };

/** What a decision is made from. */
export interface Undecided extends Pick<RoutedRequest, 'feature' | 'wants' | 'pin'> {
  readonly intentId: string;
  readonly options: IntentOptions;
  /** What is seen in the request, where it is an HTTP one. */
  readonly facts?: Pick<RequestFacts, 'chars' | 'turns' | 'capabilities'>;
}

function decide(engine: Engine, request: Undecided): NewDecision {
  const { feature, options } = request;
  const { config } = feature;
  const failureCostNanoUsd = options.failureCostNanoUsd ?? config.failureCostNanoUsd;
  const segment = segmentOf(request);
  const decided: NewDecision = {
    kind: 'decided',
    intentId: request.intentId,
    revision: 0,
    feature: config.name,
    atMs: engine.runtime.nowMs(),
    segment,
    decision: decision(request, segment, failureCostNanoUsd),
    failureCostNanoUsd,
    versions: feature.versions(),
  };
  if (options.session !== undefined) decided.session = options.session;
  if (config.promptVersion !== undefined) decided.promptVersion = config.promptVersion;
  return decided;
}

/** What the application declared, and what is seen in the request where that is asked for. */
function segmentOf({ feature, options, facts }: Undecided): string {
  const { observedContext } = feature.config;
  const declared = options.segment ?? '';
  if (observedContext.length === 0 || facts === undefined) return declared;
  const seen = observedContext.map(name => `${name}=${observed(name, facts)}`).join(',');
  return declared === '' ? seen : `${declared},${seen}`;
}

function observed(name: ObservedContext, facts: NonNullable<Undecided['facts']>): string {
  switch (name) {
    case 'length':
      return lengthBucket(facts.chars);
    case 'turns':
      return turnsBucket(facts.turns);
    case 'tools':
      return facts.capabilities.has('tools') ? 'used' : 'none';
  }
}

function decision({ feature, wants, pin }: Undecided, segment: string, failureCost: NanoUsd): Decision {
  if (pin?.model !== undefined && feature.models.has(pin.model))
    return forcedDecision([pin.model], `pinned: ${pin.reason}`);
  return feature.decide(wants, segment, failureCost);
}

export function unknownIntent(intentId: string, feature?: string): RouterError {
  const where = feature === undefined ? '' : ` in "${feature}"`;
  return new RouterError('unknown-intent', `no intent${where} has the id "${intentId}"`, {
    accepted: 'the `id` of an intent that was routed with this store',
  });
}
