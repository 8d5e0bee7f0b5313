/** A price over time: the rates in force by date and time of day. */
import type { Price } from '../contracts/price.ts';
import { sha256Of } from '../sha-256.ts';
import { bracketsOf, costOf, linesOf, pricedAt, unpricedMeters } from './rate-table.ts';
import type { ServedTables } from './served-tables.ts';
import { compileSheet } from './served-tables.ts';
import type { Sheet } from './sheet.ts';
import { hasRequestFee, withRequestFee } from './sheet.ts';

/** A price list for some hours of every day, UTC, in milliseconds since midnight. `endMs` below `startMs` spans midnight. */
export interface DailyWindow {
  readonly startMs: number;
  readonly endMs: number;
  readonly sheet: Sheet;
}

/** The prices in force from a time on: those of the first window that contains the time of day, else `sheet`. */
export interface Era {
  readonly fromMs: number;
  readonly windows?: readonly DailyWindow[];
  readonly sheet: Sheet;
}

/** Applies a function to the price list of an era and to those of its daily windows. */
export function mapSheets(era: Era, map: (sheet: Sheet) => Sheet): Era {
  const windows = (era.windows ?? []).map(window => ({ ...window, sheet: map(window.sheet) }));
  return { ...era, windows, sheet: map(era.sheet) };
}

interface CompiledEra {
  readonly fromMs: number;
  readonly windows: readonly { readonly startMs: number; readonly endMs: number; readonly tables: ServedTables }[];
  readonly tables: ServedTables;
  readonly id: string;
}

const DAY_MS = 86_400_000;

/** The price with these eras, oldest first. A call before the first era is priced by the first one, which is reported. */
export function schedulePrice(source: string, eras: readonly Era[]): Price {
  const hasFee = eras.some(({ sheet, windows = [] }) =>
    [{ sheet }, ...windows].some(each => hasRequestFee(each.sheet)),
  );
  const compiled = eras.map(era => compileEra(hasFee ? mapSheets(era, withRequestFee) : era));
  const startMs = eras[0]?.fromMs ?? -Infinity;
  const eraAt = (atMs: number): CompiledEra => {
    let era = compiled[0] as CompiledEra;
    for (let i = 1; i < compiled.length; i++) {
      const next = compiled[i] as CompiledEra;
      if (atMs >= next.fromMs) era = next;
    }
    return era;
  };
  const tablesAt = (atMs: number): ServedTables => {
    const era = eraAt(atMs);
    for (const window of era.windows) if (contains(window, atMs)) return window.tables;
    return era.tables;
  };
  return Object.freeze({
    source,
    id: shortHash(compiled.map(era => [era.fromMs, era.id])),
    idAt: (atMs: number) => eraAt(atMs).id,
    lines: (usage, atMs, terms) => linesOf(tablesAt(atMs).tableFor(terms), usage),
    pricedAt: (usage, atMs, terms) => pricedAt(tablesAt(atMs).tableFor(terms), usage),
    cost: (usage, atMs, terms) => costOf(tablesAt(atMs).tableFor(terms), usage),
    unpriced: (usage, atMs, terms) => {
      const tables = tablesAt(atMs);
      const unknown = tables.unknownTerms(terms);
      const meters = unpricedMeters(tables.tableFor(terms), usage);
      if (unknown.length === 0 && atMs >= startMs) return meters;
      const early = atMs < startMs ? [`a time before ${shownMoment(startMs)}`] : [];
      return [...early, ...unknown, ...meters];
    },
    ratesAt: (atMs, terms) => {
      const tables = tablesAt(atMs);
      return tables.unknownTerms(terms).length === 0 ? bracketsOf(tables.tableFor(terms)) : [];
    },
    hasRequestFee: hasFee,
  } satisfies Price);
}

/** Only the date if the moment is midnight (UTC), otherwise date and time. */
function shownMoment(atMs: number): string {
  return new Date(atMs).toISOString().replace(/T00:00:00\.000Z$/, '');
}

function contains({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }, atMs: number): boolean {
  const timeOfDay = ((atMs % DAY_MS) + DAY_MS) % DAY_MS;
  return endMs < startMs ? timeOfDay >= startMs || timeOfDay < endMs : timeOfDay >= startMs && timeOfDay < endMs;
}

function compileEra({ fromMs, windows = [], sheet }: Era): CompiledEra {
  const hours = windows.map(({ startMs, endMs, sheet }) => ({ startMs, endMs, tables: compileSheet(sheet) }));
  const tables = compileSheet(sheet);
  const rates = [hours.map(({ startMs, endMs, tables }) => [startMs, endMs, tables.rates]), tables.rates];
  return { fromMs, windows: hours, tables, id: shortHash(rates) };
}

/** Eight hexadecimal digits of SHA-256: stable over processes and versions of Node. */
export function shortHash(value: unknown): string {
  return sha256Of(JSON.stringify(value), 'hex').slice(0, 8);
}
