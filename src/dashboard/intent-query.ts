/** The query of a list of intents: untrusted text, checked field by field. */
import type { IntentFilter } from '../analysis/intent-filter.ts';
import type { IntentPlace } from '../analysis/search-intents.ts';
import type { Period } from '../core/cells/period.ts';
import { MAX_FACT_USD } from '../core/ledger/money.ts';
import { isStorable, MAX_ID_LENGTH } from '../core/ledger/names.ts';
import { shownPeriod } from '../core/report/shown-period.ts';
import { RouterError } from '../errors.ts';
import { askedPeriod } from './period-query.ts';

export interface IntentQuery extends IntentFilter, Period {
  readonly feature?: string;
  readonly limit: number;
  readonly after?: IntentPlace;
}

const DEFAULT_LIMIT = 40;
const MAX_LIMIT = 200;
const OUTCOMES = ['success', 'failure', 'pending', 'unknown'] as const;

/** Without a period in the query, the default period. @throws RouterError `invalid-value` with the name of the field */
export function parseIntentQuery(query: URLSearchParams, nowMs: number): IntentQuery {
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const { fromMs, toMs } = shownPeriod(askedPeriod(query).name, { nowMs, isCompared: false });
  const given = {
    feature: text('feature'),
    outcome: oneOf(text('outcome'), 'outcome', OUTCOMES),
    climbed: oneOf(text('climbed'), 'climbed', ['1'] as const) && true,
    minSpendUsd: numberIn(text('spend'), 'spend', { least: 0, most: MAX_FACT_USD }),
    session: text('session'),
    model: text('model'),
    version: text('version'),
    fromMs,
    toMs,
    after: placeOf(text('after')),
  };
  const limit = Math.floor(numberIn(text('limit'), 'limit', { least: 1, most: MAX_LIMIT }) ?? DEFAULT_LIMIT);
  return {
    ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Omit<
      IntentQuery,
      'limit'
    >),
    limit,
  };
}

/** A place as text for an address. */
export function placeText({ atMs, feature, id }: IntentPlace): string {
  return JSON.stringify([atMs, feature, id]);
}

function placeOf(text: string | undefined): IntentPlace | undefined {
  if (text === undefined) return undefined;
  const [atMs, feature, id] = listIn(text);
  const isTime = typeof atMs === 'number' && Number.isFinite(atMs);
  if (isTime && typeof feature === 'string' && isStorable(id, MAX_ID_LENGTH)) return { atMs, feature, id };
  throw new RouterError('invalid-value', 'not a place in this list', {
    path: 'after',
    accepted: 'the `next` of an earlier page',
  });
}

/** The items of a JSON array; an empty list for any other text. */
function listIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function oneOf<Name extends string>(text: string | undefined, path: string, names: readonly Name[]): Name | undefined {
  const found = names.find(name => name === text);
  if (text !== undefined && found === undefined)
    throw new RouterError('invalid-value', `not one that is known: ${JSON.stringify(text)}`, { path, accepted: names });
  return found;
}

function numberIn(
  text: string | undefined,
  path: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new RouterError('invalid-value', `not a number in range: ${JSON.stringify(text)}`, {
    path,
    accepted: `${least} to ${most}`,
  });
}
