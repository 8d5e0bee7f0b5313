/**
 * Compares calls in one process: direct ones, the same again (self against self, the noise floor), and each contender, in batches
 * that take turns in a random order. Times are CPU of this thread alone, so what else runs on the machine counts only through
 * the caches. A batch of routed calls ends with a flush inside the measured time: writing their records is paid for.
 */
import { seededRandom } from '../../src/core/math/random.ts';
import { quartiles } from '../report.ts';
import type { OverheadRow } from '../results.ts';
import { threadCpuUs } from '../thread-cpu.ts';

export type Call = () => Promise<unknown>;

export interface Bar {
  readonly maxRatio?: number;
  readonly maxAddedUs?: number;
}

export interface Contender {
  readonly name: string;
  readonly call: Call;
  /** Ends a batch, inside the measured time. */
  readonly flush?: () => Promise<unknown>;
  /** Ends a batch, outside the measured time. */
  readonly after?: () => Promise<unknown>;
  readonly bar?: Bar;
}

/** Contenders that are compared with one direct call, each in the same rounds. */
export interface Comparison {
  readonly direct: Call;
  /** The direct call of a second client. */
  readonly twin: Call;
  readonly contenders: readonly Contender[];
  /** Calls in flight at once; default 1. */
  readonly concurrent?: number;
  readonly rounds: number;
  /** Measured in the first seconds of the process. */
  readonly isYoung?: boolean;
}

/**
 * Approximate CPU time of a batch of direct calls. The new objects of about 600 calls fill the space for new objects, and moving
 * the surviving ones takes 3 to 5 ms. In shorter batches, a median shows whether most batches included such a move, not its cost.
 */
const BATCH_US = 40_000;
/**
 * Warm-up until the code is compiled, as in a service that has run for a while: this many calls of each side, or this much CPU
 * time. Code that runs once per call gets its final form after 10,000 to 30,000 calls.
 */
const WARM_UP = { calls: 40_000, us: 3_000_000 } as const;
/** Warm-up of a young process: its first seconds. */
const YOUNG_WARM_UP = { calls: 5_000, us: 700_000 } as const;

type Timed = Pick<Contender, 'call' | 'flush' | 'after'>;

export async function compare(comparison: Comparison): Promise<readonly OverheadRow[]> {
  const { direct, twin, contenders, concurrent = 1, rounds: count, isYoung = false } = comparison;
  const sides: readonly Timed[] = [{ call: direct }, { call: twin }, ...contenders];
  const enough = isYoung ? YOUNG_WARM_UP : WARM_UP;
  for (const side of sides) await warmUp(side, { concurrent, ...enough });
  const size = Math.max(concurrent, Math.round(BATCH_US / (await batch(sides[0] as Timed, { size: 200, concurrent }))));
  const random = seededRandom(contenders.map(({ name }) => name).join());
  const rounds: (readonly number[])[] = [];
  for (let round = 0; round < count; round++) {
    const times = sides.map(() => Number.NaN);
    const order = sides.map((side, index) => ({ side, index, at: random.next() })).sort((a, b) => a.at - b.at);
    for (const { side, index } of order) times[index] = await batch(side, { size, concurrent });
    rounds.push(times);
  }
  return contenders.map((contender, index) =>
    rowOf(
      contender,
      rounds.map(times => roundOf(times, index + 2)),
    ),
  );
}

/** CPU of a direct call, of its twin, and of the contender's, µs. */
interface Round {
  readonly direct: number;
  readonly twin: number;
  readonly own: number;
}

function roundOf(times: readonly number[], index: number): Round {
  const [direct, twin, own] = [times[0], times[1], times[index]] as [number, number, number];
  return { direct, twin, own };
}

function rowOf({ name, bar: { maxRatio, maxAddedUs } = {} }: Contender, rounds: readonly Round[]): OverheadRow {
  const added = quartiles(rounds.map(({ direct, twin, own }) => own - (direct + twin) / 2));
  const ratio = quartiles(rounds.map(({ direct, twin, own }) => (2 * own) / (direct + twin))).median;
  const quietDirect = decile(rounds.flatMap(({ direct, twin }) => [direct, twin]));
  const quietOwn = decile(rounds.map(({ own }) => own));
  return {
    name,
    directUs: quartiles(rounds.map(({ direct }) => direct)).median,
    addedUs: added.median,
    addedQuartilesUs: [added.lower, added.upper],
    ratio,
    selfRatio: quartiles(rounds.map(({ direct, twin }) => twin / direct)).median,
    addedQuietUs: quietOwn - quietDirect,
    quietRatio: quietOwn / quietDirect,
    maxAddedUs,
    maxRatio,
    ok: ratio <= (maxRatio ?? Number.POSITIVE_INFINITY) && added.median <= (maxAddedUs ?? Number.POSITIVE_INFINITY),
  };
}

async function warmUp(
  side: Timed,
  { concurrent, calls, us }: { readonly concurrent: number; readonly calls: number; readonly us: number },
): Promise<void> {
  let spentUs = 0;
  for (let made = 0; made < calls && spentUs < us; made += 100)
    spentUs += 100 * (await batch(side, { size: 100, concurrent }));
}

/** CPU of one call, µs. */
async function batch(
  { call, flush, after }: Timed,
  { size, concurrent }: { readonly size: number; readonly concurrent: number },
): Promise<number> {
  const startUs = threadCpuUs();
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun++ < size) await call();
  };
  await (concurrent === 1 ? worker() : Promise.all(Array.from({ length: concurrent }, worker)));
  await flush?.();
  const us = threadCpuUs() - startUs;
  await after?.();
  return us / size;
}

function decile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] as number;
}
