/** Calculates the fake provider's charges: by the usage that a reply reported, or by a rule if the client could not read that. */
import { promptChars } from '../wires/media-chars.ts';
import type { FakeRequest, FakeTier, PlannedReply } from './fake-api.ts';
import type { FakeTokens } from './fake-tokens.ts';
import type { BilledRequest, FakeBillLine } from './fake-bill.ts';
import { billLines, unitLine } from './fake-bill.ts';
import type { FakeModel } from './fake-model.ts';
import type { SentPart } from './fake-sending.ts';
import { isCharged, servedAs } from './fake-statements.ts';
import type { LoggedRequest } from './request-log.ts';

/**
 * The rule for charging a reply whose usage the client could not read.
 *
 * - `by-characters`: characters ÷ 4, rounded up, of the request's body and of the text that the model had written so far
 *   (the rule of `estimateUsage`); a file in the body by its vendor's published rule. For a plain reply that cannot be read, the characters of its body that were sent count.
 * - `actual`: the tokens that were actually used.
 * - `nothing`: the reply is free.
 */
export type UnreportedRule = 'by-characters' | 'actual' | 'nothing';

export interface FakeExchange {
  readonly entry: LoggedRequest;
  readonly model: FakeModel;
  /** All models of the provider, by name. */
  readonly models: ReadonlyMap<string, FakeModel>;
  readonly request: FakeRequest;
  /** The whole reply. */
  readonly plan: Pick<PlannedReply, 'tokens' | 'states' | 'finish'>;
  /** The part of the reply that was sent. */
  readonly sent: SentPart;
}

/** The row of the bill for an exchange; `undefined` when it is free. */
export function chargeFor(exchange: FakeExchange, rule: UnreportedRule): BilledRequest | undefined {
  const { entry, model, request, plan, sent } = exchange;
  const reported = sent.reports === 'usage';
  const lines = reported ? reportedLines(exchange) : unreportedLines(exchange, rule);
  if (lines === undefined) return undefined;
  const costNanoUsd = lines.reduce((sum, line) => sum + line.costNanoUsd, 0n);
  const tier = chargedTier(servedAs(plan, request).tier, model);
  return { requestId: entry.requestId, model: entry.model, tier, lines, costNanoUsd, reported };
}

/** The usage that the reply reports, at the price of the model that served it, call by call; `undefined` for a free refusal. */
function reportedLines(exchange: FakeExchange): readonly FakeBillLine[] | undefined {
  const { entry, plan, models, model, request } = exchange;
  const { calls, costUsd, declined = '' } = plan.states ?? {};
  if (costUsd !== undefined) return [unitLine('stated', costUsd)];
  const isRefusal = entry.api === 'anthropic-messages' && plan.finish === 'refusal' && calls === undefined;
  if (isRefusal && !isCharged({ declined, tokens: plan.tokens })) return undefined;
  const served = models.get(servedAs(plan, request).model) ?? model;
  const fee = served.price.request === undefined ? [] : [unitLine('request', served.price.request)];
  if (calls === undefined) return [...linesFor(exchange, plan.tokens, served), ...fee];
  const { webSearch, fileSearch, codeSession } = plan.tokens;
  const lines = calls.filter(isCharged).flatMap(call => {
    const name = call.model ?? request.model;
    return linesFor(exchange, call.tokens, models.get(name) ?? model).map(line => ({ ...line, model: name }));
  });
  return [...lines, ...linesFor(exchange, { webSearch, fileSearch, codeSession }, served), ...fee];
}

function linesFor(
  { plan, request }: FakeExchange,
  tokens: Partial<FakeTokens>,
  { price, tierPrices, speeds, regions }: FakeModel,
): readonly FakeBillLine[] {
  const { tier, speed = '', region = '' } = servedAs(plan, request);
  const multipliers = [speeds?.[speed], regions?.[region]].filter(factor => factor !== undefined);
  return billLines(tokens, tierPrices?.[tier as 'flex'] ?? price, multipliers);
}

/** A tier without a price is charged as standard. */
function chargedTier(tier: string, { tierPrices }: FakeModel): FakeTier {
  return tierPrices?.[tier as 'flex'] === undefined ? 'standard' : (tier as FakeTier);
}

function unreportedLines(exchange: FakeExchange, rule: UnreportedRule): readonly FakeBillLine[] | undefined {
  const tokens = unreportedTokens(exchange, rule);
  return tokens && linesFor(exchange, tokens, exchange.model);
}

function unreportedTokens(
  { entry, plan, sent: { reports, chars, ofChars } }: FakeExchange,
  rule: UnreportedRule,
): Partial<FakeTokens> | undefined {
  if (rule === 'nothing') return undefined;
  const isActual = rule === 'actual';
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, inputAudio, output } = plan.tokens;
  const known =
    isActual || reports === 'input'
      ? { input, cacheRead, cacheWrite5m, cacheWrite1h, inputAudio }
      : { input: (promptChars(entry.text, { api: entry.api ?? '', model: entry.model }) + 3) >> 2 };
  return { ...known, output: isActual ? Math.round((output * chars) / Math.max(1, ofChars)) : (chars + 3) >> 2 };
}
