/** The parts of a reply's bill that all wires read in the same way. */
import type { ReplyFacts } from '../contracts/wire.ts';
import type { PartialUsage, ServedTerms } from '../core/ledger/usage.ts';
import { isCount, stringField } from './json-fields.ts';

/** The billing facts of a reply. */
export type ReplyBill = Pick<
  ReplyFacts,
  'usage' | 'partialUsage' | 'calls' | 'unpriced' | 'statedCost' | 'tier' | 'speed' | 'region'
>;

/**
 * Names of numbers by which no vendor bills: the duration of a call, its speed, and amounts of money, which are prices and not
 * counts. Under any other unknown name, a number above 0 may be billed.
 */
export const NOT_BILLED =
  /^time_|(?:_|^)(?:time|latency|duration|rate|ratio)(?:_(?:ms|s|ns))?$|_ms$|per_(?:s|sec|second)(?:_|$)|cost|price|^neurons$/i;

/** Limits on the names, and on their length, that one reply can make the ledger keep. */
const MAX_NAMED = 20;
const MAX_PATH_CHARS = 100;
/** How deep a usage object is read. */
const MAX_DEPTH = 8;

/**
 * Records a value that is, or may be, billed but belongs to no meter. @param path its place in the reply: `usage.video_tokens`
 */
export function addUnpriced(unpriced: string[], path: string): void {
  const name = path.slice(0, MAX_PATH_CHARS);
  if (unpriced.length < MAX_NAMED && !unpriced.includes(name)) unpriced.push(name);
}

/**
 * What a field counts. `part`: a value that another field includes, or that is free; `other`: a billed value that has no meter.
 */
export type Role = keyof Counts | 'part' | 'other';

/** Counts as they are reported: parts are still included in their totals. */
export interface Counts {
  input?: number;
  output?: number;
  total?: number;
  cached?: number;
  written?: number;
  written5m?: number;
  written1h?: number;
  audio?: number;
  cachedAudio?: number;
  reasoning?: number;
  outputAudio?: number;
  outputImage?: number;
  webSearch?: number;
  webFetch?: number;
  fileSearch?: number;
  codeRuns?: number;
  imageGenInput?: number;
  imageGenInputImage?: number;
  imageGenOutput?: number;
}

export type UsageFields = ReadonlyMap<string, Role | UsageFields>;

export function usageFields(table: Readonly<Record<string, Role | UsageFields>>): UsageFields {
  return new Map(Object.entries(table));
}

interface CountSource {
  readonly fields: UsageFields | undefined;
  /** Path of the value in the reply. */
  readonly path: string;
  /** Collects the paths of values that are part of no count. */
  readonly unpriced: string[];
}

/** The counts of an object under the names of a table; the paths of others that may be billed are recorded. */
export function readCounts(value: unknown, known: CountSource): Counts {
  const top: Counts = {};
  const details: Counts = {};
  collect(value, known, { top, details, depth: 0 });
  for (const name in details) {
    const role = name as keyof Counts;
    if (details[role] !== 0 || top[role] === undefined) top[role] = details[role] ?? 0;
  }
  return top;
}

interface Collected {
  readonly top: Counts;
  readonly details: Counts;
  readonly depth: number;
}

function collect(value: unknown, { fields, path, unpriced }: CountSource, { top, details, depth }: Collected): void {
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const name in value) {
    const found = (value as Readonly<Record<string, unknown>>)[name];
    if (found === null || found === undefined) continue;
    const role = isList ? fields : fields?.get(name);
    if (role === 'part') continue;
    if (typeof found === 'object' && typeof role !== 'string' && depth < MAX_DEPTH) {
      collect(found, { fields: role, path: `${path}.${name}`, unpriced }, { top, details, depth: depth + 1 });
    } else if (typeof role !== 'string' || role === 'other') {
      if (hasNumber(found) && (role !== undefined || !NOT_BILLED.test(name))) addUnpriced(unpriced, `${path}.${name}`);
    } else if (isCount(found)) {
      const counts = depth === 0 ? top : details;
      counts[role] = Math.max(counts[role] ?? 0, found);
    } else addUnpriced(unpriced, `${path}.${name}`);
  }
}

/** True for a number other than 0, also as a text, and for an object that contains one. */
export function hasNumber(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string') return Number(value) > 0;
  return value instanceof Object && depth < MAX_DEPTH && Object.values(value).some(part => hasNumber(part, depth + 1));
}

/** `not_available`: a model that is older than the choice of a region runs in any region, at the same price. */
const STANDARD_TERMS: ReadonlySet<string | undefined> = new Set(['', 'standard', 'global', 'not_available']);

/** Anthropic's speed and region, which gateways pass on. An unknown value is kept as it is. */
export function speedAndRegion(usage: unknown): Pick<ServedTerms, 'speed' | 'region'> {
  return {
    speed: unlessStandard(stringField(usage, 'speed')),
    region: unlessStandard(stringField(usage, 'inference_geo')),
  };
}

function unlessStandard(term: string | undefined): string | undefined {
  return STANDARD_TERMS.has(term) ? undefined : term;
}

/** The known part of a usage, or `undefined` if nothing is known. */
export function unlessEmpty(part: PartialUsage): PartialUsage | undefined {
  return Object.keys(part).length === 0 ? undefined : part;
}

/** Counts and cost of an unfinished reply are only those so far. */
export function unfinishedFacts({ usage, calls: _, statedCost, ...facts }: ReplyFacts): ReplyFacts {
  return {
    ...facts,
    ...(usage && { partialUsage: usage }),
    ...(statedCost && { statedCost: { ...statedCost, isWhole: false } }),
  };
}
