/** The content of another product's log in this project's own types: calls, facts about an intent, and scores. */

/** One call of a model. */
export interface LoggedCall {
  readonly kind: 'call';
  /** Id of the call, to which scores may refer. */
  readonly id: string;
  /** The trace or request that contains the call; calls of the same one are one intent. */
  readonly intent: string;
  /** The provider's own name of the model. */
  readonly model: string;
  readonly atMs: number;
  readonly latencyMs: number;
  readonly isError: boolean;
  /** USD; absent where the log has no cost, NaN where its value is not a number. */
  readonly costUsd?: number | undefined;
  /** Tokens; input excludes the cached ones. */
  readonly input?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly output?: number | undefined;
}

/** The facts of a row about an intent as a whole. */
export interface LoggedIntent {
  readonly kind: 'intent';
  readonly intent: string;
  readonly feature?: string | undefined;
  readonly session?: string | undefined;
  readonly promptVersion?: string | undefined;
  /** `tier=free`. */
  readonly segment?: string | undefined;
}

/** A score of a call, an intent or a session. */
export interface LoggedScore {
  readonly kind: 'score';
  /** Id of the call, intent or session to which the score belongs. */
  readonly of: string;
  readonly name: string;
  /** A boolean is 0 or 1. */
  readonly value: number;
}

/** A row that is not a call, or an outcome in it that cannot be read, with the reason, for the report of the import. */
export interface LeftOutRow {
  readonly kind: 'left-out';
  readonly why: string;
}

export type HistoryEntry = LoggedCall | LoggedIntent | LoggedScore | LeftOutRow;

/** The export of one product. */
export interface LogFormat {
  /** Where the fields of the export are documented. */
  readonly source: string;
  /** Several calls of one intent may have the same id. In any other export, two rows with one id are one call, exported twice. */
  readonly repeatsIds?: boolean;
  /** The entries of a row; none where it has no information. Any value may be missing, or text. */
  entries(row: LogRow): readonly HistoryEntry[];
}

/** A record of a CSV file, or an object of a JSON file; numbers may be text. */
export type LogRow = Readonly<Record<string, unknown>>;

/** The value at the first of these paths that has one: `metrics.prompt_tokens`. JSON in a field of a CSV is parsed. */
export function valueAt(row: unknown, ...paths: readonly string[]): unknown {
  for (const path of paths) {
    let value: unknown = row;
    for (const key of path.split('.')) value = (opened(value) as Readonly<Record<string, unknown>> | undefined)?.[key];
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

function opened(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return value;
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** The elements of a list at a path; empty if there is no list. */
export function listAt(row: unknown, path: string): readonly unknown[] {
  const list = opened(valueAt(row, path));
  return Array.isArray(list) ? list : [];
}

export function textAt(row: unknown, ...paths: readonly string[]): string | undefined {
  const value = valueAt(row, ...paths);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

export function numberAt(row: unknown, ...paths: readonly string[]): number | undefined {
  const text = textAt(row, ...paths);
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** An amount. NaN for a value that is not a number, such as `$0.01` or `0,01`: it must not be replaced by a computed price. */
export function amountAt(row: unknown, ...paths: readonly string[]): number | undefined {
  return numberAt(row, ...paths) ?? (textAt(row, ...paths) === undefined ? undefined : Number.NaN);
}

/** `true`, `1`, `True`, `yes` … as 1, and their opposites as 0; other numbers unchanged. */
export function scoreAt(row: unknown, ...paths: readonly string[]): number | undefined {
  const text = textAt(row, ...paths)
    ?.trim()
    .toLowerCase();
  if (text === undefined) return undefined;
  if (['true', 'yes', 'success', 'pass'].includes(text)) return 1;
  if (['false', 'no', 'failure', 'fail'].includes(text)) return 0;
  return numberAt(row, ...paths);
}

/** Milliseconds since the epoch, from an ISO time (UTC unless it has an offset), or from a number of (nano- or milli)seconds. */
export function timeAt(row: unknown, ...paths: readonly string[]): number | undefined {
  const text = textAt(row, ...paths);
  if (text === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    const value = Number(text);
    return value > 1e17 ? value / 1e6 : value > 1e11 ? value : value * 1000;
  }
  // Other texts would be ambiguous: Date reads 1.10.2026 as 10 January.
  if (!/^\s*\d{4}-\d{2}-\d{2}(?:[T ]|\s*$)/.test(text)) return undefined;
  // PostgreSQL writes the offset +00.
  const iso = text
    .trim()
    .replace(' ', 'T')
    .replace(/ UTC$/, 'Z')
    .replace(/ (?=[+-])/, '')
    .replace(/(T.*[+-]\d{2})$/, '$1:00');
  const atMs = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) || iso.length <= 10 ? iso : `${iso}Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** Milliseconds from one time to the one at these paths; 0 if there is none, or if it is earlier. */
export function msUntil(row: unknown, fromMs: number, ...paths: readonly string[]): number {
  return Math.max(0, (timeAt(row, ...paths) ?? fromMs) - fromMs);
}
