/**
 * The parts of the memory store's records, in the order in which they were appended, in chunks. What is removed stays until a sweep
 * comes by: each removal sweeps a little, so that neither appending nor removing ever goes through all of it.
 */

export interface Numbered<Part> {
  readonly serial: number;
  readonly part: Part;
}

export interface MemoryLog<Part> {
  /** @param serial above all before it */
  append(part: Part, serial: number): void;
  /** The first one with a serial number above `after`. It may have been removed. */
  firstAbove(after: number): Numbered<Part> | undefined;
  /** Those with serial numbers above `after` that are still there when the walk comes to them. */
  above(after: number): Iterable<Numbered<Part>>;
  /** Call once for every part that is not there any more. */
  removed(): void;
}

type LogChunk<Part> = Numbered<Part>[];

/** Parts of a chunk, which is written again at once. */
const CHUNK = 1_024;

/** Parts that are looked at for each one that is removed: up to half of the log may be of no use. */
const SWEPT_PER_REMOVAL = 2;

/** @param isThere whether a part was not removed */
export function memoryLog<Part>(isThere: (part: Part) => boolean): MemoryLog<Part> {
  /** Only the last one grows. The others are replaced, never changed: a walk goes on through those that it has begun with. */
  const chunks: LogChunk<Part>[] = [[]];
  let toSweep = 0;
  /** The next chunk to be swept. */
  let next = 0;

  /** Writes the next chunk again without what was removed; small ones are put together. */
  function sweep(): void {
    if (next >= chunks.length - 1) next = 0;
    const chunk = chunks[next] as LogChunk<Part>;
    toSweep -= chunk.length;
    const before = chunks[next - 1] ?? chunk;
    const isMerged = before !== chunk && before.length + chunk.length <= CHUNK;
    const swept = (isMerged ? [...before, ...chunk] : chunk).filter(({ part }) => isThere(part));
    if (isMerged) next--;
    chunks.splice(next, isMerged ? 2 : 1, ...(swept.length > 0 ? [swept] : []));
    if (swept.length > 0) next++;
  }

  /** The chunk with the first serial number above this one, or the last one: that may be empty. */
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
    },
    firstAbove(after) {
      const chunk = chunks[chunkAbove(after)] as LogChunk<Part>;
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
      toSweep += SWEPT_PER_REMOVAL;
      // The last one is still being written.
      if (chunks.length === 1) toSweep = 0;
      else if (toSweep >= CHUNK) sweep();
    },
  };
}

function placeAbove(chunk: LogChunk<unknown>, after: number): number {
  return firstWhere(chunk.length, index => (chunk[index] as Numbered<unknown>).serial > after);
}

/** The first index for which this is true, which it stays from there on; `length` where it never is. */
function firstWhere(length: number, isFound: (index: number) => boolean): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isFound(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
