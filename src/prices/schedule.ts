/** A price over time: the rates in force by date, time of day and service tier. */
import { createHash } from 'node:crypto';
import type { ServedTerms, ServiceTier } from '../core/ledger/usage.ts';
import type { Price } from '../contracts/price.ts';
import type { PriceBracket, RateTable } from './rate-table.ts';
import { bracketsOf, compileRates, costOf, linesOf, unpricedMeters } from './rate-table.ts';
import type { Ratio } from './ratio.ts';
import { ONE } from './ratio.ts';

export type PaidTier = Exclude<ServiceTier, 'standard'>;

/** List prices of one period, and the fraction of them that is paid. */
export interface Sheet {
  readonly standard: readonly PriceBracket[];
  readonly tiers?: Readonly<Partial<Record<PaidTier, readonly PriceBracket[]>>>;
  /** Fraction that is paid. Default 1. */
  readonly factor?: Ratio;
}

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

type Tables = Readonly<Partial<Record<ServiceTier, RateTable>>> & { readonly standard: RateTable };

interface CompiledEra {
  readonly fromMs: number;
  readonly windows: readonly { readonly startMs: number; readonly endMs: number; readonly tables: Tables }[];
  readonly tables: Tables;
  readonly id: string;
}

const DAY_MS = 86_400_000;

/** The price with these eras, oldest first. A call before the first era is priced by the first one. */
export function schedulePrice(source: string, eras: readonly Era[]): Price {
  const compiled = eras.map(compileEra);
  const eraAt = (atMs: number): CompiledEra => {
    let era = compiled[0] as CompiledEra;
    for (let i = 1; i < compiled.length; i++) {
      const next = compiled[i] as CompiledEra;
      if (atMs >= next.fromMs) era = next;
    }
    return era;
  };
  const tablesAt = (atMs: number): Tables => {
    const era = eraAt(atMs);
    for (const window of era.windows) if (contains(window, atMs)) return window.tables;
    return era.tables;
  };
  const tableAt = (atMs: number, terms: ServedTerms | undefined): RateTable => {
    const tables = tablesAt(atMs);
    return tierTable(tables, terms) ?? tables.standard;
  };
  return Object.freeze({
    source,
    id: shortHash(compiled.map(era => [era.fromMs, era.id])),
    idAt: (atMs: number) => eraAt(atMs).id,
    lines: (usage, atMs, terms) => linesOf(tableAt(atMs, terms), usage),
    cost: (usage, atMs, terms) => costOf(tableAt(atMs, terms), usage),
    unpriced: (usage, atMs, terms) => {
      const tables = tablesAt(atMs);
      const table = tierTable(tables, terms);
      if (table !== undefined) return unpricedMeters(table, usage);
      return [`tier "${terms?.tier}"`, ...unpricedMeters(tables.standard, usage)];
    },
    ratesAt: (atMs, terms) => {
      const table = tierTable(tablesAt(atMs), terms);
      return table === undefined ? [] : bracketsOf(table);
    },
  } satisfies Price);
}

/** `undefined` for a tier that has no price. */
function tierTable(tables: Tables, terms: ServedTerms | undefined): RateTable | undefined {
  return tables[(terms?.tier ?? 'standard') as ServiceTier];
}

function contains({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }, atMs: number): boolean {
  const timeOfDay = ((atMs % DAY_MS) + DAY_MS) % DAY_MS;
  return endMs < startMs ? timeOfDay >= startMs || timeOfDay < endMs : timeOfDay >= startMs && timeOfDay < endMs;
}

function compileEra({ fromMs, windows = [], sheet }: Era): CompiledEra {
  const era = {
    fromMs,
    windows: windows.map(({ startMs, endMs, sheet }) => ({ startMs, endMs, tables: compileSheet(sheet) })),
    tables: compileSheet(sheet),
  };
  return { ...era, id: shortHash([era.windows, era.tables]) };
}

function compileSheet({ standard, tiers = {}, factor = ONE }: Sheet): Tables {
  const compiled = Object.entries(tiers).map(([tier, brackets]) => [tier, compileRates(brackets, factor)] as const);
  return { standard: compileRates(standard, factor), ...Object.fromEntries(compiled) };
}

/** Eight hexadecimal digits of SHA-256: stable over processes and versions of Node. */
export function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);
}
