/** Node cells of one feature as bytes, in full and merged. */
import type { RoutingSumName } from '../core/beliefs/routing-sums.ts';
import { ROUTING_SUMS, routingPart } from '../core/beliefs/routing-sums.ts';
import type { Cell, CellKey, Grain, RoundedCell } from '../core/cells/cell.ts';
import type { Grains } from '../core/cells/grains.ts';
import { hasSums } from '../core/cells/sums.ts';
import type { CellsRead } from '../contracts/store.ts';
import { nodeModule } from '../node-module.ts';
import { nextTurn } from '../runtime.ts';
import { mergedCells, weightBounds } from './merged-cells.ts';

export interface PackedCells {
  readonly cells: Iterable<RoundedCell>;
  /** The same sums in fewer cells ({@link mergedCells}). */
  readonly merged: Iterable<RoundedCell>;
  /** The cells of `cells` at these places. */
  cellsAt(places: ReadonlySet<string>): Iterable<RoundedCell>;
  /** Boundaries of the buckets of `cells`. */
  readonly grains: Grains;
}

/** Names the place of a cell in its feature. */
export const placeOf = ({ segment, subject, version }: CellKey): string => `${segment}\t${subject}\t${version}`;

/** Version of the byte format, raised with every change of it. */
const FORMAT = 3;
const SUMS = ROUTING_SUMS.join(' ');
const GRAINS: readonly (Grain | undefined)[] = [undefined, 'day', 'week'];
const FLOAT_BYTES = 8;

/**
 * Large, so that everything is decompressed at once: with chunks of the default size, the turns of the event loop would
 * take as long as the decompression.
 */
const INFLATED_BYTES = 2 ** 21;

/** Cells that are packed before other work gets its turn. */
const SLICE_CELLS = 2_000;

/** A place whose cells follow each other, and how many numbers they take. */
type PackedPlace = readonly [segment: string, node: string, version: string, cells: number, numbers: number];

/** The part that precedes the cells. */
interface Header {
  /** The names of the sums, in their order. */
  readonly sums: string;
  /** The lists of sums that cells have; each cell names one of the lists. */
  readonly shapes: readonly (readonly RoutingSumName[])[];
  /** Boundaries of days and weeks; null (JSON has no −∞) where they were never moved. */
  readonly grains: readonly [number | null, number | null];
  readonly merged: readonly PackedPlace[];
  readonly places: readonly PackedPlace[];
}

/** With the checksum of zlib, by which damaged bytes are found while other work goes on. */
async function zipped(
  how: 'deflate' | 'inflate',
  bytes: Uint8Array,
  options: { level: number } | { chunkSize: number },
): Promise<Uint8Array> {
  const zlib = nodeModule('node:zlib', 'a store that packs its statistics');
  return new Promise((resolve, reject) => {
    zlib[how](bytes, options, (error, result) => (error === null ? resolve(result) : reject(error)));
  });
}

/**
 * The bytes of the node cells: floats, in the byte order of the machine. The first is the format, the second the length of a
 * header in JSON; then come the merged cells, then all cells. A cell is its bucket, its grain, its shape and the sums of that
 * shape. As floats, sums above 2^53 lose the digits that the statistics in memory lose too.
 */
export async function packCells({ cells, grains }: Pick<CellsRead, 'cells' | 'grains'>): Promise<Uint8Array> {
  const shapes = new Map<string, number>();
  const numbers: number[] = [];
  let packed = 0;

  async function placed(ofPlaces: Iterable<readonly Cell[]>): Promise<readonly PackedPlace[]> {
    const places: PackedPlace[] = [];
    for (const ofPlace of ofPlaces) {
      const before = numbers.length;
      for (const { key, sums } of ofPlace) {
        if (++packed % SLICE_CELLS === 0) await nextTurn();
        const present = ROUTING_SUMS.filter(name => sums[name] !== undefined);
        const shape = present.join(' ');
        if (!shapes.has(shape)) shapes.set(shape, shapes.size);
        numbers.push(key.bucket, GRAINS.indexOf(key.grain), shapes.get(shape) ?? 0);
        for (const name of present) numbers.push(Number(sums[name]));
      }
      const [first] = ofPlace;
      if (first === undefined) continue;
      const { segment, subject, version } = first.key;
      places.push([segment, subject, version, ofPlace.length, numbers.length - before]);
    }
    return places;
  }

  const given = routingPart(cells).filter(hasSums);
  const byPlace = Map.groupBy(given, ({ key }) => placeOf(key));
  const bounds = weightBounds(given, grains);
  const merged: (readonly Cell[])[] = [];
  for (const ofPlace of byPlace.values()) {
    const fewer = mergedCells(ofPlace, bounds);
    merged.push(fewer);
    if (fewer !== ofPlace) await nextTurn();
  }
  const header: Omit<Header, 'shapes'> = {
    sums: SUMS,
    grains: [grains.dayBefore, grains.weekBefore],
    merged: await placed(merged),
    places: await placed(byPlace.values()),
  };
  const text = Buffer.from(JSON.stringify({ ...header, shapes: [...shapes.keys()].map(shape => shape.split(' ')) }));
  const padded = Buffer.concat([text, Buffer.alloc(FLOAT_BYTES - (text.length % FLOAT_BYTES), ' ')]);
  const bytes = Buffer.concat([floats([FORMAT, padded.length]), padded, floats(numbers)]);
  return zipped('deflate', bytes, { level: 1 });
}

const floats = (numbers: readonly number[]): Uint8Array => new Uint8Array(new Float64Array(numbers).buffer);

/** `undefined` for bytes of another format or other sums, or damaged ones: everything is then read. */
export async function unpackCells(feature: string, packed: Uint8Array): Promise<PackedCells | undefined> {
  try {
    const bytes = await zipped('inflate', packed, { chunkSize: INFLATED_BYTES });
    const all = floatsIn(bytes);
    const [format, length = 0] = all;
    if (format !== FORMAT) return undefined;
    const text = Buffer.from(all.buffer, all.byteOffset + 2 * FLOAT_BYTES, length).toString();
    const header = JSON.parse(text) as Header;
    if (header.sums !== SUMS) return undefined;
    const numbers = all.subarray(2 + length / FLOAT_BYTES);
    const { merged, places, shapes } = header;
    const end = lengthOf(merged);
    if (end + lengthOf(places) !== numbers.length) return undefined;
    const [dayBefore, weekBefore] = header.grains;
    const iterable = (
      of: readonly PackedPlace[],
      from: number,
      wanted?: ReadonlySet<string>,
    ): Iterable<RoundedCell> => ({
      [Symbol.iterator]: () => cellsIn(feature, { places: of, shapes, numbers: numbers.subarray(from) }, wanted),
    });
    return {
      cells: iterable(places, end),
      merged: iterable(merged, 0),
      cellsAt: wanted => iterable(places, end, wanted),
      grains: { dayBefore: dayBefore ?? -Infinity, weekBefore: weekBefore ?? -Infinity },
    };
  } catch {
    return undefined;
  }
}

/**
 * The floats are not copied where they are aligned as floats must be, at a multiple of their size: they are megabytes.
 */
function floatsIn({ buffer, byteOffset, byteLength }: Uint8Array): Float64Array {
  return byteOffset % FLOAT_BYTES === 0 && byteLength % FLOAT_BYTES === 0
    ? new Float64Array(buffer, byteOffset, byteLength / FLOAT_BYTES)
    : new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

const lengthOf = (places: readonly PackedPlace[]): number =>
  places.reduce((sum, [, , , , numbers]) => sum + numbers, 0);

interface Placed extends Pick<Header, 'places' | 'shapes'> {
  readonly numbers: Float64Array;
}

function* cellsIn(
  feature: string,
  { places, shapes, numbers }: Placed,
  wanted: ReadonlySet<string> | undefined,
): Generator<RoundedCell, void> {
  // We copy an object that has all names already: adding the properties one by one takes longer, and several times the memory.
  const blanks = shapes.map(shape => Object.fromEntries(shape.map(name => [name, 0.5])));
  let at = 0;
  for (const [segment, subject, version, count, length] of places) {
    const place = { scope: 'node', feature, segment, subject, version } as const;
    if (wanted?.has(placeOf({ ...place, bucket: 0 })) === false) {
      at += length;
      continue;
    }
    for (let index = 0; index < count; index++) {
      const bucket = numbers[at++] as number;
      const grain = GRAINS[numbers[at++] as number];
      const sums: Partial<Record<RoutingSumName, number>> = { ...blanks[numbers[at++] as number] };
      for (const name in sums) sums[name as RoutingSumName] = numbers[at++] as number;
      const key: CellKey =
        grain === undefined
          ? { scope: 'node', feature, segment, subject, version, bucket }
          : { scope: 'node', feature, segment, subject, version, bucket, grain };
      yield { key, sums };
    }
  }
}
