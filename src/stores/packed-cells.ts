/**
 * What decisions are made from, of one feature, as bytes: its node cells with the sums that routing reads. A process that starts
 * reads this one value, and what changed since, in place of a year of rows.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { ROUTING_SUMS, routingPart } from '../core/beliefs/routing-sums.ts';
import type { Cell, CellKey, Grain, SumName } from '../core/cells/cell.ts';
import { cellKeyString, decodeSums, encodeSums } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { canonicalKey, foldCells } from '../core/cells/grains.ts';
import { isServedByOther } from '../core/cells/served-version.ts';
import type { GrowingSums } from '../core/cells/sums.ts';
import { hasSums, sumsBy } from '../core/cells/sums.ts';
import type { CellsRead } from '../contracts/store.ts';

/** Cells, and the boundaries of their buckets. */
export type PackedCells = Pick<CellsRead, 'cells' | 'grains'>;

/** How long a store keeps what it packed before it packs again: what changed meanwhile is read beside it. */
export const PACK_EVERY_MS = 600_000;

/** Another number is another form of the bytes. */
const FORMAT = 1;
const SUMS = ROUTING_SUMS.join(' ');
const GRAINS: readonly (Grain | undefined)[] = [undefined, 'day', 'week'];
const FLOAT_BYTES = 8;

/** Cells that are packed or unpacked before other work gets its turn. */
const SLICE_CELLS = 2_000;

/** What is before the cells. */
interface Header {
  /** The names of the sums, in their order. */
  readonly sums: string;
  /** Which of them a cell has: one of these lists. */
  readonly shapes: readonly (readonly SumName[])[];
  /** Of days and weeks; null, for want of −∞ in JSON, where they were never moved. */
  readonly grains: readonly [number | null, number | null];
  /** Cells of one place follow each other. */
  readonly places: readonly (readonly [segment: string, node: string, version: string, cells: number])[];
}

const deflated = promisify(deflateRaw) as (bytes: Uint8Array, options: { level: number }) => Promise<Uint8Array>;
const inflated = promisify(inflateRaw) as (bytes: Uint8Array) => Promise<Uint8Array>;

/**
 * The bytes of the node cells: floats, in the byte order of the machine, of which the first is the format, the second the length
 * of a header in JSON, and the rest cells. A cell has its bucket, its grain, its shape and the sums of that. As floats, sums above
 * 2^53 lose what the statistics in memory lose too.
 */
export async function packCells({ cells, grains }: PackedCells): Promise<Uint8Array> {
  const places = Map.groupBy(routingPart(cells).filter(hasSums), ({ key }) =>
    JSON.stringify([key.segment, key.subject, key.version]),
  );
  const shapes = new Map<string, number>();
  const numbers: number[] = [];
  for (const [index, cell] of [...places.values()].flat().entries()) {
    if (index % SLICE_CELLS === SLICE_CELLS - 1) await yieldToEventLoop();
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
  return deflated(bytes, { level: 1 });
}

const floats = (numbers: readonly number[]): Uint8Array => new Uint8Array(new Float64Array(numbers).buffer);

/** `undefined` for bytes of another format, of other sums, or that are damaged: everything is read then. */
export async function unpackCells(feature: string, packed: Uint8Array): Promise<PackedCells | undefined> {
  try {
    const bytes = await inflated(packed);
    const all = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const [format, length = 0] = all;
    if (format !== FORMAT) return undefined;
    const text = Buffer.from(all.buffer, 2 * FLOAT_BYTES, length).toString();
    const header = JSON.parse(text) as Header;
    if (header.sums !== SUMS) return undefined;
    const cells = await cellsIn(feature, header, all.subarray(2 + length / FLOAT_BYTES));
    const [dayBefore, weekBefore] = header.grains;
    return { cells, grains: { dayBefore: dayBefore ?? -Infinity, weekBefore: weekBefore ?? -Infinity } };
  } catch {
    return undefined;
  }
}

async function cellsIn(feature: string, { places, shapes }: Header, numbers: Float64Array): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  let at = 0;
  for (const [segment, subject, version, count] of places) {
    for (let index = 0; index < count; index++) {
      if (cells.length % SLICE_CELLS === SLICE_CELLS - 1) await yieldToEventLoop();
      const bucket = numbers[at++] as number;
      const grain = GRAINS[numbers[at++] as number];
      const shape = shapes[numbers[at++] as number] ?? [];
      const sums: GrowingSums = {};
      for (const name of shape) sums[name] = BigInt(numbers[at++] as number);
      const key: CellKey = { scope: 'node', feature, segment, subject, version, bucket };
      cells.push({ key: grain === undefined ? key : { ...key, grain }, sums });
    }
  }
  return cells;
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

/** The reading of one who begins now: the packed cells, with the changes since. */
export function broughtUpToDate(packed: PackedCells, news: CellsRead): CellsRead {
  const changed = routingPart(news.cells);
  const buckets = new Set(changed.map(({ key }) => key.bucket));
  const keys = new Set(changed.map(({ key }) => cellKeyString(key)));
  const before = folded(packed, news.grains);
  // Looked for by bucket first: a key is a text to be made.
  const kept = before.filter(({ key }) => !buckets.has(key.bucket) || !keys.has(cellKeyString(key)));
  return { ...news, cells: [...kept, ...changed.filter(hasSums)], complete: true };
}

/** The cells in the buckets of later boundaries: few move, and most are not looked at twice. */
function folded({ cells, grains: before }: PackedCells, grains: Grains): readonly Cell[] {
  if (before.dayBefore === grains.dayBefore && before.weekBefore === grains.weekBefore) return cells;
  const targets = new Set(cells.flatMap(({ key }) => movedKey(key, grains) ?? []));
  if (targets.size === 0) return cells;
  const stay: Cell[] = [];
  const move: Cell[] = [];
  for (const cell of cells) {
    const isPart =
      movedKey(cell.key, grains) !== undefined ||
      (cell.key.grain !== undefined && targets.has(cellKeyString(cell.key)));
    (isPart ? move : stay).push(cell);
  }
  return [...stay, ...foldCells(move, grains)];
}

function movedKey(key: CellKey, grains: Grains): string | undefined {
  const canonical = canonicalKey(key, grains);
  return canonical === key ? undefined : cellKeyString(canonical);
}

/** Of a reading of all cells, what decisions are made from. */
export function routingReading(read: CellsRead): CellsRead {
  return { ...read, cells: routingPart(read.cells).filter(hasSums) };
}
