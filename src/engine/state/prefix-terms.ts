/** What the prefix of a session costs with each plan of a feature, from what is learnt so far and the prices in force. */
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import type { Rates } from '../../contracts/price.ts';
import type { LearnedSegment } from '../../core/beliefs/learned-segment.ts';
import type { NodeComponent } from '../../core/beliefs/posterior.ts';
import { betaMean } from '../../core/beliefs/posterior.ts';
import type { PrefixTerm } from '../../core/ledger/records.ts';
import type { NodeMeans, PrefixCosts } from '../../core/sessions/prefix-term.ts';
import { prefixTerm } from '../../core/sessions/prefix-term.ts';
import type { SessionLearning } from '../../core/sessions/session-learning.ts';
import type { KnownPrefix } from '../../core/sessions/session-state.ts';
import { cacheTerms } from './cache-terms.ts';

/** `undefined`: there is nothing to count. */
export type PrefixTerms = (known: KnownPrefix, learned: LearnedSegment) => PrefixTerm | undefined;

/** Decisions that use the same means, at most, and as a fraction of the visits that they are of. */
const DECISIONS_PER_MEANS = 50;
const DECISIONS_PER_VISIT = 0.1;

const RATES_FOR_MS = 60_000;

const PICO_PER_USD = 1e12;

interface KnownMeans {
  readonly nodes: readonly NodeMeans[];
  readonly revision: number;
  /** Decisions that may still use them once there is more evidence. */
  left: number;
}

export function prefixTerms(
  { name, candidates }: Pick<ResolvedFeature, 'name' | 'candidates'>,
  learning: SessionLearning,
): PrefixTerms {
  const models = new Map(candidates.map(model => [model.name, model]));
  const means = new WeakMap<LearnedSegment, KnownMeans>();
  const rates = new Map<string, { readonly of: (tokens: number) => Rates | undefined; readonly untilMs: number }>();

  function meansOf(learned: LearnedSegment, nowMs: number): readonly NodeMeans[] {
    const before = means.get(learned);
    if (before !== undefined && (before.revision === learned.revision || before.left-- > 0)) return before.nodes;
    const { nodes } = learned.mixture(nowMs);
    const visits = nodes.reduce((sum, [first]) => sum + (first?.node.n ?? 0), 0);
    const made = nodes.map(nodeMeans);
    const left = Math.min(DECISIONS_PER_MEANS, DECISIONS_PER_VISIT * visits);
    means.set(learned, { nodes: made, revision: learned.revision, left });
    return made;
  }

  function ratesOf({ name: model, price }: ResolvedModel, tokens: number, nowMs: number): Rates | undefined {
    let inForce = rates.get(model);
    if (inForce === undefined || nowMs >= inForce.untilMs) {
      const brackets = price.ratesAt(nowMs);
      const of = (size: number) => brackets.findLast(({ aboveTokens }) => size > aboveTokens)?.rates;
      rates.set(model, (inForce = { of, untilMs: nowMs + RATES_FOR_MS }));
    }
    return inForce.of(tokens);
  }

  return (known, learned) => {
    const { tokens, earlierIntents } = known.prefix;
    if (tokens === 0) return undefined;
    return prefixTerm(known, {
      graph: learned.graph,
      nodes: meansOf(learned, known.nowMs),
      intentsAhead: learning.intentsAhead(name, earlierIntents),
      costsOf(of): PrefixCosts {
        const model = models.get(of) as ResolvedModel;
        const { hitRate, sharedPart, writtenPart, writtenForHourPart } = learning.behaviour(of);
        const inForce: Partial<Rates> = ratesOf(model, tokens, known.nowMs) ?? {};
        const { input = 0, cacheRead = input, cacheWrite5m = input, cacheWrite1h = cacheWrite5m } = inForce;
        const written = (writtenPart - writtenForHourPart) * cacheWrite5m + writtenForHourPart * cacheWrite1h;
        const unread = written + (1 - writtenPart) * input;
        const usd = { readUsd: cacheRead / PICO_PER_USD, unreadUsd: unread / PICO_PER_USD };
        return { ...usd, hitRate, sharedPart, ...cacheTerms(model) };
      },
    });
  };
}

export function nodeMeans(components: readonly NodeComponent[]): NodeMeans {
  const means = { climb: 0, requests: 0, prefixUsd: 0 };
  for (const { node, weight } of components) {
    means.climb += weight * betaMean(node.climb);
    means.requests += weight * (node.requests ?? 1);
    means.prefixUsd += weight * (node.costUsd - (node.netUsd ?? node.costUsd));
  }
  return means;
}
