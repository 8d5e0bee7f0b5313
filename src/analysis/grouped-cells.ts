/** The statistics of a ledger, grouped by a property of its intents. The groups add up to the whole, to the nano-dollar. */
import { callback, listOf, objectWith, optional, optionsWith, storeWith, text, timeMs } from '../argument-checks.ts';
import type { Cell, Sums } from '../core/cells/cell.ts';
import { BUCKET_MS } from '../core/cells/cell.ts';
import { contribution } from '../core/cells/contribution.ts';
import { hoursIn } from '../core/cells/grains.ts';
import type { Period } from '../core/cells/period.ts';
import { isIn, wholeBuckets } from '../core/cells/period.ts';
import type { GrowingCell, GrowingSums } from '../core/cells/sums.ts';
import { addInto } from '../core/cells/sums.ts';
import type { Intent } from '../core/ledger/records.ts';
import type { Breakdown, CellGroup } from '../core/report/breakdown.ts';
import { breakdownOf, GROUPINGS } from '../core/report/breakdown.ts';
import { RouterError } from '../errors.ts';
import type { SessionCacheCost } from '../core/report/session-cache-cost.ts';
import type { PriceOf } from '../exports/focus/charges.ts';
import type { StoreView } from '../contracts/store.ts';
import type { SessionPrices } from './session-cache.ts';
import { sessionAccounts } from './sessions.ts';
import { storedIntents } from './stored-intents.ts';

/** The methods of a store that the grouping calls. */
export type GroupSource = Pick<StoreView, 'features' | 'cells' | 'intents' | 'load' | 'prunedCells' | 'scan'>;

export interface GroupingOptions extends Partial<SessionPrices> {
  /** One of `GROUPINGS`, or the name of a declared context, which `context.` may precede: `tenant`, `context.plan`. */
  readonly by: string;
  /** Only these features; default: all. */
  readonly features?: readonly string[];
  /** Only intents decided in this period. */
  readonly period?: Period;
  /**
   * Finds prices, as in `exportFocus`. With `by: 'session'`, adds to each session the savings of its prompt caches and the loss by model
   * changes.
   */
  readonly priceOf?: PriceOf;
}

const checkSource = storeWith('features', 'cells', 'intents', 'load', 'prunedCells', 'scan');
const checkOptions = optionsWith<GroupingOptions>({
  by: text,
  features: optional(listOf('a list of names of features', text)),
  period: optional(objectWith<Period>({ fromMs: optional(timeMs), toMs: optional(timeMs) })),
  priceOf: optional(callback),
  cacheOf: optional(callback),
});

/**
 * The figures of a ledger, grouped by a property of its intents: tenant, session, turns, prompt version, model, day … The groups add up to
 * the whole, to the nano-dollar.
 *
 * @throws RouterError `invalid-value` for a property that no intent has
 * @example
 * ```ts
 * import { breakdown } from 'outcome-router/finops';
 * import { sqlite } from 'outcome-router/stores/sqlite';
 *
 * const october = { fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 10, 1) };
 * for (const { group, totalUsd } of (await breakdown(sqlite('router.db'), { by: 'tenant', period: october })).groups)
 *   console.log(group, totalUsd);
 * ```
 */
export async function breakdown(store: GroupSource, options: GroupingOptions): Promise<Breakdown> {
  checkSource(store, 'breakdown.store');
  checkOptions(options, 'breakdown');
  const found = breakdownOf(options.by, await groupedCells(store, options));
  const { by, period, priceOf, cacheOf } = options;
  if (by !== 'session' || priceOf === undefined) return found;
  const caches = new Map<string | null, SessionCacheCost>();
  for await (const account of sessionAccounts(store, {
    ...hoursOf(period ?? {}),
    priceOf,
    ...(cacheOf && { cacheOf }),
  }))
    caches.set(account.session, account.cache);
  return {
    ...found,
    groups: found.groups.map(group => {
      const cache = caches.get(group.group);
      return cache === undefined || cache.requests + cache.withoutPrice === 0 ? group : { ...group, cache };
    }),
  };
}

/**
 * Reads properties that cells hold from the cells; sessions, turns, prompt versions and models from the intents, in constant memory per
 * group.
 */
export async function groupedCells(store: GroupSource, options: GroupingOptions): Promise<readonly CellGroup[]> {
  const { by, period = {} } = options;
  const groups = new Groups();
  const fields = new Set<string>();
  const keyOfCell = cellGrouping(by);
  for (const feature of options.features ?? (await store.features())) {
    const cells = await store.cells(feature);
    const covered = wholeBuckets(period, cells);
    const own = cells.filter(({ key }) => key.scope === 'plan' && isIn(covered, key.bucket));
    for (const { key } of own) for (const [field] of fieldsOf(key.segment)) fields.add(field);
    if (keyOfCell === undefined) await addIntents(groups, store, { by, feature, covered });
    else for (const cell of own) groups.add({ group: keyOfCell(cell) }, cell);
  }
  if (!isGrouping(by) && !fields.has(fieldName(by))) throw unknownGrouping(by, fields);
  return groups.all();
}

type GroupName = Omit<CellGroup, 'cells'>;

/** Groups whose sums are updated in place. */
class Groups {
  readonly #groups = new Map<string, { readonly place: GroupName; readonly cells: Map<string, GrowingCell> }>();

  add(place: GroupName, { key, sums }: Cell): void {
    const name = JSON.stringify([place.feature, place.group, place.isRemoved]);
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, (group = { place, cells: new Map() }));
    const bucket = `${key.bucket}${key.grain ?? ''}`;
    const known = group.cells.get(bucket);
    if (known === undefined) group.cells.set(bucket, { key, sums: { ...sums } });
    else addInto(known.sums, sums);
  }

  all(): readonly CellGroup[] {
    return [...this.#groups.values()].map(({ place, cells }) => ({ ...place, cells: [...cells.values()] }));
  }
}

/** The group of a plan cell; `undefined` where only the records of an intent show it. */
function cellGrouping(by: string): ((cell: Cell) => string | null) | undefined {
  switch (by) {
    case 'feature':
      return ({ key }) => key.feature;
    case 'plan':
      return ({ key }) => key.subject;
    case 'segment':
      return ({ key }) => key.segment || null;
    case 'day':
      return dayOf;
    case 'model':
    case 'session':
    case 'turns':
    case 'prompt-version':
      return undefined;
    default: {
      const field = fieldName(by);
      return ({ key }) => new Map(fieldsOf(key.segment)).get(field) ?? null;
    }
  }
}

function isGrouping(by: string): boolean {
  return (GROUPINGS as readonly string[]).includes(by);
}

function fieldName(by: string): string {
  return by.startsWith('context.') ? by.slice('context.'.length) : by;
}

/** `tier=free,length=short` → its fields. A value may have a comma. */
function fieldsOf(segment: string): readonly (readonly [field: string, value: string])[] {
  return segment.split(/,(?=[^,=]+=)/).flatMap(part => {
    const equals = part.indexOf('=');
    return equals < 0 ? [] : [[part.slice(0, equals), part.slice(equals + 1)] as const];
  });
}

/** A day, `2026-11-20`; for a cell of a week `2026-08-01 to 2026-08-07`. */
function dayOf({ key }: Cell): string {
  const day = (hour: number): string => new Date(hour * BUCKET_MS).toISOString().slice(0, 10);
  const [first, last] = [day(key.bucket), day(key.bucket + hoursIn(key) - 1)];
  return first === last ? first : `${first} to ${last}`;
}

interface FeaturePeriod {
  readonly by: string;
  readonly feature: string;
  readonly covered: Period;
}

async function addIntents(groups: Groups, store: GroupSource, { by, feature, covered }: FeaturePeriod): Promise<void> {
  for await (const intent of storedIntents(store, { feature, ...hoursOf(covered) })) {
    const [cell] = contribution(intent);
    if (cell !== undefined) for (const [place, part] of partsOf(intent, cell, by)) groups.add(place, part);
  }
  for (const cell of await store.prunedCells(feature))
    if (cell.key.scope === 'plan' && isIn(covered, cell.key.bucket))
      groups.add({ group: null, isRemoved: true, ...(by === 'prompt-version' ? { feature } : {}) }, cell);
}

function hoursOf({ fromMs, toMs }: Period): Period {
  return {
    ...(fromMs === undefined ? {} : { fromMs: Math.floor(fromMs / BUCKET_MS) * BUCKET_MS }),
    ...(toMs === undefined ? {} : { toMs: Math.ceil(toMs / BUCKET_MS) * BUCKET_MS }),
  };
}

function partsOf(intent: Intent, cell: Cell, by: string): readonly (readonly [GroupName, Cell])[] {
  const { session = null, promptVersion = null, feature } = intent.decided;
  if (by === 'session') return [[{ group: session }, cell]];
  if (by === 'turns') return [[{ group: turnsGroup(intent) }, cell]];
  if (by === 'prompt-version') return [[{ group: promptVersion, feature }, cell]];
  return byModel(intent, cell).map(([model, sums]) => [{ group: model }, { key: cell.key, sums }]);
}

/**
 * Number of an intent's requests; large numbers form ranges, each with enough intents to compare. A judge's own calls
 * are not turns.
 */
function turnsGroup({ attempts }: Intent): string {
  const turns = new Set(attempts.filter(({ kind }) => kind !== 'judge').map(({ requestId }) => requestId)).size;
  return turns <= 2 ? String(turns) : turns <= 4 ? '3–4' : turns <= 8 ? '5–8' : '9 and more';
}

/**
 * Each model's group gets the spend of its own attempts; that of the model that answered last gets the intent and its
 * outcome.
 */
function byModel({ attempts }: Intent, { sums }: Cell): readonly (readonly [model: string, sums: Sums])[] {
  const answered = (attempts.findLast(({ kind, status }) => kind !== 'judge' && status === 'ok') ?? attempts.at(-1))
    ?.model;
  const models = new Map<string, GrowingSums>();
  for (const { model, costNanoUsd, provenance } of attempts) {
    let own = models.get(model);
    if (own === undefined) models.set(model, (own = model === answered ? withoutCost(sums) : {}));
    const cost = BigInt(costNanoUsd);
    addInto(own, { cost, ...(provenance === 'estimated' ? { estimatedCost: cost } : {}) });
  }
  return [...models];
}

function withoutCost({ cost: _, cost2: __, cost3: ___, estimatedCost: ____, ...rest }: Sums): GrowingSums {
  return rest;
}

function unknownGrouping(by: string, fields: ReadonlySet<string>): RouterError {
  return new RouterError('invalid-value', `the ledger's intents have no "${by}" to be grouped by`, {
    path: 'by',
    accepted: [...GROUPINGS, ...[...fields].sort()],
    given: by,
  });
}
