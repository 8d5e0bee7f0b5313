/**
 * The parts of the memory store's records, in the order in which they were appended, in chunks. A removed part stays until its chunk is
 * swept, which happens when the search for the oldest part leaves the chunk: nearly all removals take place there. If many were removed
 * elsewhere, each further removal sweeps a little. Neither appending nor removing ever goes through the whole log.
 */

export interface Numbered<Part> {
  readonly serial: number;
  readonly part: Part;
}

export interface MemoryLog<Part> {
  /** @param serial above all earlier ones */
  append(part: Part, serial: number): void;
  /**
   * The first part with a serial number above `after`, for a search that only moves forward. It may have been removed.
   */
  firstAbove(after: number): Numbered<Part> | undefined;
  /** The parts with serial numbers above `after` that are still there when the walk reaches them. */
  above(after: number): Iterable<Numbered<Part>>;
  /** Call once for every part that was removed. */
  removed(): void;
}

type LogChunk<Part> = Numbered<Part>[];

/** Parts of a chunk. A chunk is rewritten at once, so more parts would mean more memory look-ups in one step. */
const CHUNK = 256;

/** The fraction of the log that may be removed parts before removals clean up. */
const MAX_REMOVED_FRACTION = 0.25;

/** Number of parts that each removal checks while that fraction is exceeded, so that at most half of the log is removed parts. */
const SWEPT_PER_REMOVAL = 4;

/** @param isThere whether a part was not removed */
export function memoryLog<Part>(isThere: (part: Part) => boolean): MemoryLog<Part> {
  /**
   * Only the last chunk grows. Others are replaced, never changed, so that a walk can continue in the chunk it began with.
   */
  const chunks: LogChunk<Part>[] = [[]];
  /** How many parts there are, and how many of them were removed. */
  let [size, removed] = [0, 0];
  let toSweep = 0;
  /** The next chunk that removals sweep. */
  let next = 0;
  /** The chunk that the search for the oldest part has reached. */
  let reached: LogChunk<Part> | undefined;

  /** Rewrites a chunk without removed parts, merging small ones. Returns the index of the chunk after it. */
  function sweep(index: number): number {
    const chunk = chunks[index] as LogChunk<Part>;
    const before = chunks[index - 1] ?? chunk;
    const isMerged = before !== chunk && before.length + chunk.length <= CHUNK;
    const whole = isMerged ? [...before, ...chunk] : chunk;
    const swept = whole.filter(({ part }) => isThere(part));
    size -= whole.length - swept.length;
    removed = Math.max(0, removed - (whole.length - swept.length));
    const first = isMerged ? index - 1 : index;
    chunks.splice(first, isMerged ? 2 : 1, ...(swept.length > 0 ? [swept] : []));
    return swept.length > 0 ? first + 1 : first;
  }

  /** The chunk with the first serial number above this one, or the last chunk, which may be empty. */
  function chunkAbove(after: number): number {
    return firstWhere(
      chunks.length - 1,
      index => ((chunks[index] as LogChunk<Part>).at(-1) as Numbered<Part>).serial > after,
    );
  }

  return {
    append(part, serial) {
      let last = chunks.at(-1) as LogChunk<Part>;
      if (last.length === CHUNK) chunks.push((last = []));
      last.push({ serial, part });
      size++;
    },
    firstAbove(after) {
      const index = chunkAbove(after);
      const chunk = chunks[index] as LogChunk<Part>;
      if (chunk !== reached && index > 0) sweep(index - 1);
      reached = chunk;
      return chunk[placeAbove(chunk, after)];
    },
    *above(after) {
      for (const chunk of chunks.slice(chunkAbove(after))) {
        for (let index = placeAbove(chunk, after); index < chunk.length; index++) {
          const each = chunk[index] as Numbered<Part>;
          if (isThere(each.part)) yield each;
        }
      }
    },
    removed() {
      removed++;
      // The last chunk is still being written.
      if (removed <= MAX_REMOVED_FRACTION * size || chunks.length === 1) toSweep = 0;
      else toSweep += SWEPT_PER_REMOVAL;
      if (toSweep < CHUNK) return;
      if (next >= chunks.length - 1) next = 0;
      toSweep -= (chunks[next] as LogChunk<Part>).length;
      next = sweep(next);
    },
  };
}

function placeAbove(chunk: LogChunk<unknown>, after: number): number {
  return firstWhere(chunk.length, index => (chunk[index] as Numbered<unknown>).serial > after);
}

/** The first index for which a condition is true, which then stays true; `length` where it never is. */
function firstWhere(length: number, isFound: (index: number) => boolean): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isFound(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
