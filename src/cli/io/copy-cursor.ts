/** The position of a copy between two ledgers, in a file beside the target: an interrupted copy continues from there. */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Cursor } from '../../contracts/store.ts';
import { isAddress, sameAddress } from './address.ts';

export interface CopyCursor {
  readonly file: string;
  /** The position at which the last copy of this source ended; absent for the first one, and if the file is not readable. */
  readonly after?: Cursor;
  /** Stores a cursor, at once or with the next call. */
  keep(cursor: Cursor): void;
  /** Writes the last cursor. */
  save(): void;
}

/** Writing a file takes longer than copying a page. */
const SAVE_EVERY_MS = 1_000;

/** @param clockMs reads a monotonic clock, milliseconds */
export function copyCursor(
  { from, to }: { readonly from: string; readonly to: string },
  clockMs: () => number = () => performance.now(),
): CopyCursor {
  // An address has no folder: its cursor file is in the working directory, like its spool.
  const file = isAddress(to) ? `outcome-router-${digest(sameAddress(to))}.copy.json` : `${to}.copy.json`;
  const source = isAddress(from) ? digest(sameAddress(from)) : from;
  let last: Cursor | undefined;
  let savedAtMs = clockMs();

  function save(): void {
    if (last === undefined) return;
    writeFileSync(`${file}.part`, `${JSON.stringify({ source, after: last })}\n`, { mode: 0o600 });
    renameSync(`${file}.part`, file);
    last = undefined;
    savedAtMs = clockMs();
  }

  const after = keptCursor(file, source);
  return {
    file,
    ...(after === undefined ? {} : { after }),
    keep(cursor) {
      last = cursor;
      if (clockMs() - savedAtMs >= SAVE_EVERY_MS) save();
    },
    save,
  };
}

/** Without a cursor, a copy reads everything again, and adds only what is missing. */
function keptCursor(file: string, source: string): Cursor | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly source?: unknown;
      readonly after?: unknown;
    } | null;
    return kept?.source === source && typeof kept.after === 'string' && kept.after !== '' ? kept.after : undefined;
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
