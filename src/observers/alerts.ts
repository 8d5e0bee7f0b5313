/** An observer that alerts a person when the costs or failures of this process's intents exceed a limit. */
import type { Observer } from '../contracts/observer.ts';
import { contribution } from '../core/cells/contribution.ts';
import type { Sums } from '../core/cells/cell.ts';
import type { GrowingSums } from '../core/cells/sums.ts';
import { addInto, difference } from '../core/cells/sums.ts';
import type { Intent } from '../core/ledger/records.ts';
import type { FigureLimits, LimitCheck, LimitName } from '../core/report/limit-check.ts';
import { checkLimits, LIMIT_NAMES } from '../core/report/limit-check.ts';
import { figuresOf } from '../core/report/sums-figures.ts';
import { checkNames, invalidValue } from '../errors.ts';

/** A limit that has just been exceeded, or is no longer exceeded. */
export interface Alert extends LimitCheck {
  readonly feature: string;
  /** `false`: the figure is within its limit again. */
  readonly isExceeded: boolean;
}

export interface AlertOptions {
  /** Limits by feature. Amounts in USD, success from 0 to 1. */
  readonly limits: Readonly<Record<string, FigureLimits>>;
  /** Called once when a limit is exceeded, and once when the figure is within it again. */
  readonly onAlert: (alert: Alert) => void;
  /** Figures cover the intents of this time, milliseconds. Default a day. Longer: alerts are more certain, and later. */
  readonly withinMs?: number;
}

const DAY_MS = 86_400_000;

/** Minimum time between comparisons, by the times of the records: intervals take some microseconds to compute. */
const CHECK_EVERY_MS = 60_000;

/** Number of latest intents that are kept. A day with more has more precise figures than any alert needs. */
const MAX_INTENTS = 20_000;

/**
 * Watches the intents that this process serves. A limit on a rate counts as exceeded when the whole 95 % interval of the figure is
 * beyond it, one on the spend when the spend is. For all processes on a ledger there is `outcome-router check`, for changes of a rate
 * `onDrift`.
 *
 * @throws RouterError `invalid-value` for an unknown option or limit, or one that is not a number
 *
 * @example
 * ```ts
 * const observer = alerts({
 *   limits: { 'support.reply': { maxCostPerSuccess: 1.2, minSuccess: 0.9, maxSpend: 50 } },
 *   onAlert: ({ feature, limit, figure, isExceeded }) => console.warn(feature, limit, figure.value, isExceeded),
 * });
 * ```
 */
export function alerts(options: AlertOptions): Observer {
  checkNames(options, ['limits', 'onAlert', 'withinMs'], 'alerts');
  const { limits, onAlert, withinMs = DAY_MS } = options;
  if (typeof onAlert !== 'function') throw invalidValue(onAlert, 'alerts.onAlert', 'a function');
  if (!(withinMs > 0)) throw invalidValue(withinMs, 'alerts.withinMs', 'milliseconds above 0');
  for (const [feature, own] of Object.entries(limits)) checkOwn(feature, own);
  const watched = new Map(Object.entries(limits).map(([feature, own]) => [feature, watch(own, withinMs)]));

  function noticed({ atMs, feature }: { readonly atMs: number; readonly feature: string }, intent: Intent): void {
    for (const alert of watched.get(feature)?.(intent, atMs) ?? []) onAlert({ ...alert, feature });
  }
  return { name: 'alerts', attempted: noticed, labelled: noticed };
}

function checkOwn(feature: string, limits: FigureLimits): void {
  const path = `alerts.limits[${JSON.stringify(feature)}]`;
  checkNames(limits, LIMIT_NAMES, path);
  for (const [name, limit] of Object.entries(limits) as readonly (readonly [LimitName, unknown])[]) {
    const isRate = name === 'minSuccess';
    if (typeof limit === 'number' && limit >= 0 && (!isRate || limit <= 1)) continue;
    throw invalidValue(limit, `${path}.${name}`, isRate ? 'a fraction from 0 to 1' : 'USD, 0 or more');
  }
}

type Noticed = Omit<Alert, 'feature'>;

/** The alerts that an intent of one feature raises, in its state after a record. */
function watch(limits: FigureLimits, withinMs: number): (intent: Intent, atMs: number) => readonly Noticed[] {
  /** In the order in which the intents were first seen. */
  const intents = new Map<string, { readonly decidedMs: number; sums: Sums }>();
  const total: GrowingSums = {};
  const exceeded = new Set<LimitName>();
  let nextCheckMs = -Infinity;

  function add(intent: Intent): void {
    const sums = contribution(intent)[0]?.sums ?? {};
    const known = intents.get(intent.id);
    addInto(total, difference(sums, known?.sums ?? {}));
    if (known === undefined) intents.set(intent.id, { decidedMs: intent.decided.atMs, sums });
    else known.sums = sums;
  }

  function dropBefore(fromMs: number): void {
    for (const [id, { decidedMs, sums }] of intents) {
      if (decidedMs >= fromMs && intents.size <= MAX_INTENTS) return;
      addInto(total, difference({}, sums));
      intents.delete(id);
    }
  }

  return (intent, atMs) => {
    if (intent.decided.atMs >= atMs - withinMs) add(intent);
    if (atMs < nextCheckMs) return [];
    nextCheckMs = atMs + CHECK_EVERY_MS;
    dropBefore(atMs - withinMs);
    return checkLimits(figuresOf(total), limits).flatMap((check): Noticed[] => {
      const isExceeded = check.state === 'exceeded';
      if (isExceeded === exceeded.has(check.limit) || (!isExceeded && check.state !== 'within')) return [];
      if (isExceeded) exceeded.add(check.limit);
      else exceeded.delete(check.limit);
      return [{ ...check, isExceeded }];
    });
  };
}
