/** What is wrong with a check of the soak, and whether memory and handles stay the same. */
import type { Sample } from './application.ts';
import { KEPT, PRUNED_AFTER_MS } from './application.ts';
import type { SoakCheck } from './soak.ts';
import { MINUTE_MS } from './world.ts';

/** Of the exchanges on the bill: a soak of more is one of a machine that is too busy. */
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

/** Until the first intents are pruned, the ledger grows, and with it what a process holds of it. Caches fill, code is compiled. */
const WARM_UP_HOURS = PRUNED_AFTER_MS / (60 * MINUTE_MS);

/** Three hours. Fewer samples tell noise from a trend no more. */
const MIN_SAMPLES = 30;

export interface Trend {
  readonly process: string;
  readonly of: keyof typeof MAX_GAIN;
  /** Per hour. */
  readonly slope: number;
  readonly isFlat: boolean;
  readonly text: string;
}

/** The fitted lines after the warm-up; none for a soak that is too short to have one. */
export function trendsOf(processes: SoakCheck['processes']): readonly Trend[] {
  return processes.flatMap(({ name, samples }) => {
    const warm = samples.filter(({ hour, intents }) => hour >= WARM_UP_HOURS && intents >= KEPT);
    if (warm.length < MIN_SAMPLES) return [];
    return (['rssMb', 'heapMb', 'files'] as const).map(of => {
      const slope = slopeOf(warm, of);
      const isFlat = slope <= MAX_GAIN[of];
      const text = `${name}: ${of} ${slope >= 0 ? '+' : ''}${slope.toFixed(3)} an hour (at most ${MAX_GAIN[of]}) over ${warm.length} samples${isFlat ? '' : ': GROWS'}`;
      return { process: name, of, slope, isFlat, text };
    });
  });
}

/** Why there is no trend of a process, one sentence for each such process. */
export function unjudgedOf(processes: SoakCheck['processes']): readonly string[] {
  const judged = new Set(trendsOf(processes).map(({ process }) => process));
  return processes
    .filter(({ name }) => !judged.has(name))
    .map(
      ({ name, samples }) =>
        `${name}: memory is NOT JUDGED: after ${samples.at(-1)?.hour.toFixed(1) ?? 0} hours and ${samples.at(-1)?.intents ?? 0} ` +
        `intents, fewer than ${MIN_SAMPLES} samples are of a time after ${WARM_UP_HOURS} hours and ${KEPT} intents`,
    );
}

/** Least squares. */
function slopeOf(samples: readonly Sample[], of: Trend['of']): number {
  const mean = (value: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length;
  const [hour, level] = [mean(sample => sample.hour), mean(sample => sample[of])];
  return mean(sample => (sample.hour - hour) * (sample[of] - level)) / mean(sample => (sample.hour - hour) ** 2);
}
