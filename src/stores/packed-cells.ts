/**
 * What decisions are made from, of one feature, as bytes: its node cells with the sums that routing reads. A process that starts
 * reads this one value, and what changed since, in place of a year of rows.
 */
import type { RoutingSumName } from '../core/beliefs/routing-sums.ts';
import { ROUTING_SUMS, routingPart } from '../core/beliefs/routing-sums.ts';
import type { Cell, CellKey, Grain, RoundedCell } from '../core/cells/cell.ts';
import { cellKeyString, decodeSums, encodeSums, integerCell } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { canonicalKey, foldCells } from '../core/cells/grains.ts';
import { isServedByOther } from '../core/cells/served-version.ts';
import { hasSums, sumsBy } from '../core/cells/sums.ts';
import type { CellsRead, RoutingRead } from '../contracts/store.ts';
import { nodeModule } from '../node-module.ts';
import { nextTurn } from '../runtime.ts';

/** Cells, and the boundaries of their buckets. */
export type PackedCells = Pick<RoutingRead, 'cells' | 'grains'>;

/** How long a store keeps what it packed before it packs again: what changed meanwhile is read beside it. */
export const PACK_EVERY_MS = 600_000;

/** A new number for any other form of the bytes. */
const FORMAT = 1;
const SUMS = ROUTING_SUMS.join(' ');
const GRAINS: readonly (Grain | undefined)[] = [undefined, 'day', 'week'];
const FLOAT_BYTES = 8;

/** At once: in chunks of the default size, as many turns of the event loop would take as long as the decompression. */
const INFLATED_BYTES = 2 ** 20;

/** Cells that are packed or unpacked before other work gets its turn. */
const SLICE_CELLS = 2_000;

/** The part that precedes the cells. */
interface Header {
  /** The names of the sums, in their order. */
  readonly sums: string;
  /** The lists of sums that cells have; each cell names one of the lists. */
  readonly shapes: readonly (readonly RoutingSumName[])[];
  /** Boundaries of days and weeks; null (JSON has no −∞) where they were never moved. */
  readonly grains: readonly [number | null, number | null];
  /** Cells of one place follow each other. */
  readonly places: readonly (readonly [segment: string, node: string, version: string, cells: number])[];
}

async function zipped(
  how: 'deflateRaw' | 'inflateRaw',
  bytes: Uint8Array,
  options: { level: number } | { chunkSize: number },
): Promise<Uint8Array> {
  const zlib = nodeModule('node:zlib', 'a store that packs its statistics');
  return new Promise((resolve, reject) => {
    zlib[how](bytes, options, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

/**
 * The bytes of the node cells: floats, in the byte order of the machine, of which the first is the format, the second the length
 * of a header in JSON, and the rest cells. A cell has its bucket, its grain, its shape and the sums of that. As floats, sums above
 * 2^53 lose what the statistics in memory lose too.
 */
export async function packCells({ cells, grains }: Pick<CellsRead, 'cells' | 'grains'>): Promise<Uint8Array> {
  const places = Map.groupBy(routingPart(cells).filter(hasSums), ({ key }) =>
    JSON.stringify([key.segment, key.subject, key.version]),
  );
  const shapes = new Map<string, number>();
  const numbers: number[] = [];
  for (const [index, cell] of [...places.values()].flat().entries()) {
    if (index % SLICE_CELLS === SLICE_CELLS - 1) await nextTurn();
    const present = ROUTING_SUMS.filter(name => cell.sums[name] !== undefined);
    const shape = present.join(' ');
    if (!shapes.has(shape)) shapes.set(shape, shapes.size);
    numbers.push(cell.key.bucket, GRAINS.indexOf(cell.key.grain), shapes.get(shape) ?? 0);
    for (const name of present) numbers.push(Number(cell.sums[name]));
  }
  const header = {
    sums: SUMS,
    shapes: [...shapes.keys()].map(shape => shape.split(' ')),
    grains: [grains.dayBefore, grains.weekBefore],
    places: [...places].map(([place, { length }]) => [...(JSON.parse(place) as string[]), length]),
  };
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc(FLOAT_BYTES - (text.length % FLOAT_BYTES), ' ')]);
  const bytes = Buffer.concat([floats([FORMAT, padded.length]), padded, floats(numbers)]);
  return zipped('deflateRaw', bytes, { level: 1 });
}

const floats = (numbers: readonly number[]): Uint8Array => new Uint8Array(new Float64Array(numbers).buffer);

/** `undefined` for bytes of another format or other sums, or damaged ones: everything is then read. */
export async function unpackCells(feature: string, packed: Uint8Array): Promise<PackedCells | undefined> {
  try {
    const bytes = await zipped('inflateRaw', packed, { chunkSize: INFLATED_BYTES });
    const all = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const [format, length = 0] = all;
    if (format !== FORMAT) return undefined;
    const text = Buffer.from(all.buffer, 2 * FLOAT_BYTES, length).toString();
    const header = JSON.parse(text) as Header;
    if (header.sums !== SUMS) return undefined;
    const numbers = all.subarray(2 + length / FLOAT_BYTES);
    if (!areWhole(header, numbers)) return undefined;
    const [dayBefore, weekBefore] = header.grains;
    const cells = { [Symbol.iterator]: () => cellsIn(feature, header, numbers) };
    return { cells, grains: { dayBefore: dayBefore ?? -Infinity, weekBefore: weekBefore ?? -Infinity } };
  } catch {
    return undefined;
  }
}

/** Whether the numbers end with the last cell. */
function areWhole({ places, shapes }: Header, numbers: Float64Array): boolean {
  let cells = places.reduce((sum, [, , , count]) => sum + count, 0);
  let at = 0;
  for (; cells > 0 && at < numbers.length; cells--) at += 3 + (shapes[numbers[at + 2] as number]?.length ?? Infinity);
  return cells === 0 && at === numbers.length;
}

function* cellsIn(feature: string, { places, shapes }: Header, numbers: Float64Array): Generator<RoundedCell, void> {
  let at = 0;
  for (const [segment, subject, version, count] of places) {
    for (let index = 0; index < count; index++) {
      const bucket = numbers[at++] as number;
      const grain = GRAINS[numbers[at++] as number];
      const shape = shapes[numbers[at++] as number] ?? [];
      const sums: Partial<Record<RoutingSumName, number>> = {};
      for (const name of shape) sums[name] = numbers[at++] as number;
      const key: CellKey =
        grain === undefined
          ? { scope: 'node', feature, segment, subject, version, bucket }
          : { scope: 'node', feature, segment, subject, version, bucket, grain };
      yield { key, sums };
    }
  }
}

/** The sums of each node of one feature over everything else, as text. */
export function packTotals(cells: readonly Cell[]): string {
  const own = cells.filter(({ key }) => !isServedByOther(key.version));
  const totals = sumsBy(routingPart(own), { scope: 'node', by: ({ key }) => key.subject });
  return JSON.stringify(Object.fromEntries([...totals].map(([node, sums]) => [node, encodeSums(sums)])));
}

export function unpackTotals(feature: string, packed: string): readonly Cell[] {
  const anyTime = { scope: 'node', feature, segment: '', version: '', bucket: 0 } as const;
  return Object.entries(JSON.parse(packed) as Readonly<Record<string, string>>).map(([subject, sums]) => ({
    key: { ...anyTime, subject },
    sums: decodeSums(sums),
  }));
}

/** The reading of a process that starts now: the packed cells, with the changes since. */
export function broughtUpToDate(packed: PackedCells, news: CellsRead): RoutingRead {
  const changed = routingPart(news.cells);
  const buckets = new Set(changed.map(({ key }) => key.bucket));
  const keys = new Set(changed.map(({ key }) => cellKeyString(key)));
  const before = folded(packed, news.grains);
  // Looked for by bucket first: a key is a text to be made.
  const isKept = ({ key }: RoundedCell): boolean => !buckets.has(key.bucket) || !keys.has(cellKeyString(key));
  return { ...news, cells: together(where(before, isKept), changed.filter(hasSums)), complete: true };
}

function where(cells: Iterable<RoundedCell>, isWanted: (cell: RoundedCell) => boolean): Iterable<RoundedCell> {
  return {
    *[Symbol.iterator]() {
      for (const cell of cells) if (isWanted(cell)) yield cell;
    },
  };
}

function together(...parts: readonly Iterable<RoundedCell>[]): Iterable<RoundedCell> {
  return {
    *[Symbol.iterator]() {
      for (const part of parts) yield* part;
    },
  };
}

/** The cells in the buckets of later boundaries: few move, and most are not looked at twice. */
function folded({ cells, grains: before }: PackedCells, grains: Grains): Iterable<RoundedCell> {
  if (before.dayBefore === grains.dayBefore && before.weekBefore === grains.weekBefore) return cells;
  const targets = new Set<string>();
  for (const { key } of cells) {
    const target = movedKey(key, grains);
    if (target !== undefined) targets.add(target);
  }
  if (targets.size === 0) return cells;
  const moves = ({ key }: RoundedCell): boolean =>
    movedKey(key, grains) !== undefined || (key.grain !== undefined && targets.has(cellKeyString(key)));
  const moved = Array.from(where(cells, moves), integerCell);
  return together(
    where(cells, cell => !moves(cell)),
    foldCells(moved, grains),
  );
}

function movedKey(key: CellKey, grains: Grains): string | undefined {
  const canonical = canonicalKey(key, grains);
  return canonical === key ? undefined : cellKeyString(canonical);
}

/** The part of a reading of all cells from which decisions are made. */
export function routingReading(read: CellsRead): CellsRead {
  return { ...read, cells: routingPart(read.cells).filter(hasSums) };
}
