/** What the fake provider charges: the usage that a reply reported, or by a rule if the client could not read that. */
import type { FakeRequest, FakeTokens } from './fake-api.ts';
import type { BilledRequest } from './fake-bill.ts';
import { billLines } from './fake-bill.ts';
import type { FakeModel } from './fake-model.ts';
import type { SentPart } from './fake-sending.ts';
import type { LoggedRequest } from './request-log.ts';

/**
 * The rule for charging a reply whose usage the client could not read.
 *
 * - `by-characters`: characters ÷ 4, rounded up, of the request's body and of the text that the model had written so far
 *   (the rule of `estimateUsage`). For a plain reply that cannot be read, the characters of its body that were sent count.
 * - `actual`: the tokens that were actually used.
 * - `nothing`: the reply is free.
 */
export type UnreportedRule = 'by-characters' | 'actual' | 'nothing';

export interface FakeExchange {
  readonly entry: LoggedRequest;
  readonly model: FakeModel;
  readonly request: FakeRequest;
  /** Tokens of the whole reply. */
  readonly tokens: FakeTokens;
  /** The part of the reply that was sent. */
  readonly sent: SentPart;
}

/** The row of the bill for an exchange; `undefined` when it is free. */
export function chargeFor(exchange: FakeExchange, rule: UnreportedRule): BilledRequest | undefined {
  const { entry, model, request, tokens, sent } = exchange;
  const reported = sent.reports === 'usage';
  const charged = reported ? tokens : unreportedTokens(exchange, rule);
  if (charged === undefined) return undefined;
  const tierPrice = request.tier === 'standard' ? undefined : model.tierPrices?.[request.tier];
  const lines = billLines(charged, tierPrice ?? model.price);
  const costNanoUsd = lines.reduce((sum, line) => sum + line.costNanoUsd, 0n);
  const tier = tierPrice === undefined ? 'standard' : request.tier;
  return { requestId: entry.requestId, model: entry.model, tier, lines, costNanoUsd, reported };
}

function unreportedTokens(
  { entry, tokens, sent: { reports, chars, ofChars } }: FakeExchange,
  rule: UnreportedRule,
): Partial<FakeTokens> | undefined {
  if (rule === 'nothing') return undefined;
  const isActual = rule === 'actual';
  const { output, outputAudio: _audio, webSearch: _search, reasoning: _reasoning, ...input } = tokens;
  const known = isActual || reports === 'input' ? input : { input: (entry.text.length + 3) >> 2 };
  return { ...known, output: isActual ? Math.round((output * chars) / Math.max(1, ofChars)) : (chars + 3) >> 2 };
}
