/** What is wrong with a check of the soak, and whether memory and handles stay the same. */
import type { Sample } from './application.ts';
import { KEPT, PRUNED_AFTER_MS } from './application.ts';
import type { SoakCheck } from './soak.ts';
import { MINUTE_MS } from './world.ts';

/** The largest accepted fraction of exchanges with an estimated cost. If it is larger, the machine is too busy for a soak. */
const MAX_ESTIMATED = 0.1;

/** One sentence each. */
export function faultsOf(check: SoakCheck): readonly string[] {
  const { ledgerNanoUsd, billNanoUsd, estimatedNanoUsd, billed, found, estimated, mismatched, wrongCells } = check;
  const { spooledBytes, overdue, processes } = check;
  const differenceNanoUsd = ledgerNanoUsd - billNanoUsd - estimatedNanoUsd;
  return [
    ...(differenceNanoUsd === 0n ? [] : [`the ledger and the bill differ by ${differenceNanoUsd} nUSD`]),
    ...(found === billed ? [] : [`${billed - found} exchanges of the bill are in no ledger record`]),
    ...(estimated <= MAX_ESTIMATED * billed
      ? []
      : [
          `${estimated} of ${billed} exchanges have an estimate in the ledger: their replies came too late to say much`,
        ]),
    ...mismatched,
    ...(wrongCells === 0 ? [] : [`${wrongCells} cells are not those of a recount`]),
    ...(spooledBytes === 0 ? [] : [`${spooledBytes} bytes are still spooled`]),
    ...(overdue === 0 ? [] : [`${overdue} silent intents are not labelled`]),
    ...processes.flatMap(({ wrong }) => wrong),
  ];
}

/**
 * What a process may gain in an hour of the accelerated clock. Heap: a tenth of a kilobyte for each of some 11,000 calls, which is
 * less than an intent that is kept. RSS: twice as much, because an allocator gives freed memory back late. Files: a single one
 * that stays open from the middle of five hours on is more.
 */
const MAX_GAIN = { rssMb: 2, heapMb: 1, files: 0.2 } as const;

/** Until the first intents are pruned, the ledger grows, and so does the memory for it. Caches fill, and code is compiled. */
const WARM_UP_HOURS = PRUNED_AFTER_MS / (60 * MINUTE_MS);

/** Three hours. With fewer samples, noise looks like a trend. */
const MIN_SAMPLES = 30;

/** A third of the rate that the default options set. An idle application does not leak, and proves nothing. */
const MIN_INTENTS_AN_HOUR = 3_000;

export interface Trend {
  readonly process: string;
  readonly of: keyof typeof MAX_GAIN;
  /** Per hour, with its standard error. */
  readonly slope: number;
  readonly error: number;
  /** It grows too fast; it does not; or the samples are too unlike to say so at 95 %, which fails a soak too. */
  readonly verdict: 'grows' | 'flat' | 'not judged';
  readonly text: string;
}

/** The fitted lines after the warm-up; none for a soak that is too short to have one. */
export function trendsOf(processes: SoakCheck['processes']): readonly Trend[] {
  return processes.flatMap(({ name, samples }) => {
    const warm = warmOf(samples);
    if (warm.length < MIN_SAMPLES || pacesOf(warm).some(isIdle)) return [];
    return (['rssMb', 'heapMb', 'files'] as const).map(of => {
      const { slope, error } = lineOf(warm, of);
      const verdict = verdictOf(of, slope, error);
      const figure = `${slope >= 0 ? '+' : ''}${slope.toFixed(3)} ± ${error.toFixed(3)}`;
      const end = { flat: '', grows: ': GROWS', 'not judged': ': NOT JUDGED, the samples differ too much' }[verdict];
      const text = `${name}: ${of} ${figure} an hour (at most ${MAX_GAIN[of]}) over ${warm.length} samples${end}`;
      return { process: name, of, slope, error, verdict, text };
    });
  });
}

function warmOf(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ hour, intents }) => hour >= WARM_UP_HOURS && intents >= KEPT);
}

/** New intents an hour in the first half of the samples and in the second: an application may stop during the soak. */
function pacesOf(samples: readonly Sample[]): readonly number[] {
  const middle = Math.floor(samples.length / 2);
  return [samples.slice(0, middle + 1), samples.slice(middle)].map(half => {
    const [first, last] = [half[0], half.at(-1)];
    return first === undefined || last === undefined ? 0 : (last.intents - first.intents) / (last.hour - first.hour);
  });
}

function isIdle(intentsAnHour: number): boolean {
  return !(intentsAnHour >= MIN_INTENTS_AN_HOUR);
}

function verdictOf(of: Trend['of'], slope: number, error: number): Trend['verdict'] {
  // Files are counted: how many are open differs by what the process is doing, not by how well that is measured.
  const margin = of === 'files' ? 0 : 2 * error;
  if (slope + margin <= MAX_GAIN[of]) return 'flat';
  return slope > MAX_GAIN[of] && slope > margin ? 'grows' : 'not judged';
}

/** Why a process has no trend: one sentence for each such process. */
export function unjudgedOf(processes: SoakCheck['processes']): readonly string[] {
  const judged = new Set(trendsOf(processes).map(({ process }) => process));
  return processes
    .filter(({ name }) => !judged.has(name))
    .map(({ name, samples }) => `${name}: memory is NOT JUDGED: ${whyUnjudged(samples)}`);
}

function whyUnjudged(samples: readonly Sample[]): string {
  const warm = warmOf(samples);
  const { hour, intents } = samples.at(-1) ?? { hour: 0, intents: 0 };
  if (warm.length < MIN_SAMPLES)
    return (
      `after ${hour.toFixed(1)} hours and ${intents} intents, ` +
      `fewer than ${MIN_SAMPLES} samples are of a time after ${WARM_UP_HOURS} hours and ${KEPT} intents`
    );
  const slowest = Math.min(...pacesOf(warm));
  return `${Math.round(slowest)} new intents an hour are too few (at least ${MIN_INTENTS_AN_HOUR}): give it more minutes, or a machine that is less busy`;
}

/**
 * Least squares. A sample resembles the one before it, so the samples contain less information than independent ones: the error
 * assumes that each residual is correlated with the one before it (an autoregressive process of order 1).
 */
function lineOf(samples: readonly Sample[], of: Trend['of']): Pick<Trend, 'slope' | 'error'> {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const centred = (values: readonly number[]): readonly number[] =>
    values.map(value => value - sum(values) / values.length);
  const hours = centred(samples.map(sample => sample.hour));
  const levels = centred(samples.map(sample => sample[of]));
  const spread = sum(hours.map(hour => hour ** 2));
  const slope = sum(hours.map((hour, index) => hour * (levels[index] ?? 0))) / spread;
  const residuals = levels.map((level, index) => level - slope * (hours[index] ?? 0));
  const squares = sum(residuals.map(residual => residual ** 2));
  const following = sum(residuals.slice(1).map((residual, index) => residual * (residuals[index] ?? 0)));
  const correlation = squares === 0 ? 0 : Math.max(0, following / squares);
  const inflation = (1 + correlation) / (1 - correlation);
  return { slope, error: Math.sqrt(((squares / (samples.length - 2)) * inflation) / spread) };
}
