/** The sessions of a ledger: what each cost, and all of them together. */
import { callback, LEDGER_RANGE, optional, optionsWith, storeWith, text } from '../argument-checks.ts';
import { recordsLeft } from '../contracts/archiving.ts';
import type { LedgerRange, LedgerSource } from '../contracts/ledger-source.ts';
import { fromDecimalUsd, NANO_PER_USD, toDecimalUsd } from '../core/ledger/money.ts';
import { foldIntent } from '../core/ledger/records.ts';
import type { Figure } from '../core/math/interval.ts';
import { meanCost } from '../core/math/interval.ts';
import type { PriceOf } from '../exports/focus/charges.ts';
import { cacheTermsOfName } from '../prices/cache-terms.ts';
import type { SessionCacheCost } from '../core/report/session-cache-cost.ts';
import type { SessionAccount } from './session-account.ts';
import { sessionAccount } from './session-account.ts';
import type { SessionPrices } from './session-cache.ts';
import { byCause } from './session-cache.ts';

export interface SessionOptions extends Partial<Pick<SessionPrices, 'cacheOf'>> {
  /** Finds prices, as in `exportFocus`. */
  readonly priceOf: PriceOf;
}

export interface SessionsOptions extends SessionOptions, LedgerRange {
  /** Called with the number of sessions so far. */
  readonly progress?: (sessions: number) => void;
}

/** Sessions of which only the totals are printed. */
export type SessionTotals = Omit<SessionAccount, 'steps'>;

/** All sessions together. Amounts in text are exact decimal USD. */
export interface SessionsReport {
  readonly sessions: number;
  readonly intents: number;
  readonly switches: number;
  readonly totalUsd: string;
  readonly spendUsd: string;
  readonly failureUsd: string;
  /** Total cost of a session, USD, with its 95 % interval. Each session counts as one observation, because its intents have much in common. */
  readonly perSessionUsd: Figure;
  readonly cache: SessionCacheCost;
  /** The most expensive ones, at most ten. */
  readonly mostExpensive: readonly SessionTotals[];
}

const MAX_LISTED = 10;

const PRICES = { priceOf: callback, cacheOf: optional(callback) };
const checkSource = storeWith('scan', 'load');
const checkOne = optionsWith<SessionOptions>(PRICES);
const checkAll = optionsWith<SessionsOptions>({ ...PRICES, ...LEDGER_RANGE, progress: optional(callback) });

/**
 * What one session cost, and the savings and losses of its prompt caches; `undefined` for a session without intents in
 * the ledger.
 *
 * @throws RouterError `invalid-value` for wrong arguments
 * @example
 * ```ts
 * const priceOf = () => resolvePrice(models.mini);
 * const account = await sessionIn(store, 'chat-4711', { priceOf });
 * account?.cache.rereadUsd.switched; // what changing the model has cost, USD
 * ```
 */
export async function sessionIn(
  source: LedgerSource,
  session: string,
  options: SessionOptions,
): Promise<SessionAccount | undefined> {
  checkSource(source, 'sessionIn.source');
  text(session, 'sessionIn.session');
  checkOne(options, 'sessionIn');
  const ids = (await intentIds(source, {}, session)).get(session);
  return ids === undefined ? undefined : accountOf(source, session, { ids, options });
}

/**
 * The sessions with an intent that was decided in the period, in the order of their first intents; each with its intents of the period.
 * With a feature: only the sessions that used it, with their intents of other features too.
 *
 * @throws RouterError `invalid-value` for wrong arguments
 */
export async function* sessionAccounts(
  source: LedgerSource,
  options: SessionsOptions,
): AsyncGenerator<SessionAccount, void> {
  checkSource(source, 'sessionAccounts.source');
  checkAll(options, 'sessionAccounts');
  const { priceOf, cacheOf, progress, ...range } = options;
  let count = 0;
  for (const [session, ids] of await intentIds(source, range)) {
    const account = await accountOf(source, session, { ids, options });
    if (account !== undefined) yield account;
    progress?.(++count);
  }
}

/** {@link sessionAccounts} added up. @throws RouterError `invalid-value` for wrong arguments */
export async function sessionsReport(source: LedgerSource, options: SessionsOptions): Promise<SessionsReport> {
  const all: SessionTotals[] = [];
  for await (const { steps: _, ...totals } of sessionAccounts(source, options)) all.push(totals);
  const nano = (of: (totals: SessionTotals) => string): string =>
    toDecimalUsd(all.reduce((sum, totals) => sum + fromDecimalUsd(of(totals)), 0n));
  const count = (of: (totals: SessionTotals) => number): number => all.reduce((sum, totals) => sum + of(totals), 0);
  return {
    sessions: all.length,
    intents: count(each => each.intents),
    switches: count(each => each.switches),
    totalUsd: nano(each => each.totalUsd),
    spendUsd: nano(each => each.spendUsd),
    failureUsd: nano(each => each.failureUsd),
    perSessionUsd: meanOf(all.map(each => Number(fromDecimalUsd(each.totalUsd)) / NANO_PER_USD)),
    cache: {
      requests: count(({ cache }) => cache.requests),
      withoutPrice: count(({ cache }) => cache.withoutPrice),
      promptTokens: count(({ cache }) => cache.promptTokens),
      readTokens: count(({ cache }) => cache.readTokens),
      savedUsd: nano(({ cache }) => cache.savedUsd),
      rereadUsd: byCause(cause => nano(({ cache }) => cache.rereadUsd[cause])),
      rereadTokens: byCause(cause => count(({ cache }) => cache.rereadTokens[cause])),
    },
    mostExpensive: all
      .toSorted((a, b) => Number(fromDecimalUsd(b.totalUsd) - fromDecimalUsd(a.totalUsd)))
      .slice(0, MAX_LISTED),
  };
}

/**
 * Ids of intents by session, in the order of their decisions; with `only`, of that session alone. With a feature, of the sessions that used
 * it, intents of other features included: the cost of the feature's intents depends on the intents between them.
 */
async function intentIds(
  source: LedgerSource,
  { feature, ...period }: LedgerRange,
  only?: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = new Map<string, string[]>();
  const wanted = new Set<string>();
  for await (const record of source.scan({ ...period, kind: 'decided' })) {
    if (record.kind !== 'decided' || record.session === undefined) continue;
    if (only !== undefined && record.session !== only) continue;
    const own = ids.get(record.session);
    if (own === undefined) ids.set(record.session, [record.intentId]);
    else own.push(record.intentId);
    if (feature === undefined || record.feature === feature) wanted.add(record.session);
  }
  for (const session of ids.keys()) if (!wanted.has(session)) ids.delete(session);
  return ids;
}

async function accountOf(
  source: LedgerSource,
  session: string,
  { ids, options: { priceOf, cacheOf } }: { readonly ids: readonly string[]; readonly options: SessionOptions },
): Promise<SessionAccount | undefined> {
  const loaded = await Promise.all(ids.map(async id => foldIntent(await recordsLeft(source, id))));
  // The intent was pruned meanwhile, in part or as a whole.
  const intents = loaded.filter(intent => intent !== undefined);
  if (intents.length === 0) return undefined;
  return sessionAccount(session, intents, {
    priceOf,
    cacheOf: cacheOf ?? (({ providerModel }) => cacheTermsOfName(providerModel)),
  });
}

function meanOf(values: readonly number[]): Figure {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const moment = (power: number): number => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / n;
  const variance = n > 1 ? (moment(2) * n) / (n - 1) : 0;
  const skewness = variance > 0 ? moment(3) / moment(2) ** 1.5 : 0;
  return meanCost({ n, meanUsd: mean, variance, skewness, mayBurst: true });
}
