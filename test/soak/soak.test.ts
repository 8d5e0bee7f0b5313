import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import type { Sample, Told } from './application.ts';
import type { SoakCheck } from './soak.ts';
import { soak } from './soak.ts';
import { faultsOf, trendsOf, unjudgedOf } from './verdict.ts';

// `npm run test:soak` runs eight hours in one.
test('two processes on one ledger record what the provider bills, while it fails, the ledger is locked, and features come and go', async () => {
  const options = { hours: 0.3, minutes: 0.1, checks: 2, stalls: false, patienceMs: 30_000 };
  // Half of what an idle machine begins in the time: a busy one takes longer instead of seeing less.
  const checks = await soak({ ...options, minIntents: 30 });
  expect(checks.flatMap(faultsOf)).toEqual([]);
  const last = checks.at(-1) as SoakCheck;
  const intents = last.processes.reduce((sum, process) => sum + process.intents, 0);
  // An intent has at least one exchange, unless its calls fail. Of 100 exchanges about ten are faulty.
  expect(last.billed).toBeGreaterThan(Math.max(100, 0.8 * intents));
  expect(last.processes.map(({ name }) => name)).toEqual(['steady', 'changing']);
  for (const process of last.processes) {
    expect(process.intents).toBeGreaterThanOrEqual(60);
    // More than half of the outcomes and later turns come within the soak's 18 minutes.
    expect(process.counts['later']).toBeGreaterThan(Math.max(10, 0.2 * process.intents));
    expect(process.counts['fault: store']).toBeGreaterThan(0);
  }
  // The second check is compared with the first. Both come after a report, because a process has more files open after its first report.
  const opened = checks.map(({ processes }) => processes.map(({ samples }) => samples.at(-1) as Sample));
  opened[1]?.forEach((sample, index) => {
    const before = opened[0]?.[index] as Sample;
    expect(sample.files - sample.ofLedger).toBeLessThanOrEqual(before.files - before.ofLedger);
    // When a connection closes while another connection of the process has a lock on the file, SQLite keeps its handle for the next
    // connection. A process has at most two connections at once that a third one sees closing: the router's own and a report's.
    expect(sample.ofLedger).toBeLessThanOrEqual(3);
  });
});

describe('the verdict', () => {
  const told = (samples: readonly Sample[]): Told => ({
    name: 'steady',
    samples,
    features: [],
    intents: 0,
    counts: {},
    wrong: [],
  });
  const hours = Array.from({ length: 80 }, (_, index) => index / 10);
  const sample = (hour: number): Sample => ({
    hour,
    intents: 9_000 * hour,
    rssMb: 150,
    heapMb: 50,
    files: 4,
    ofLedger: 1,
    sockets: 9,
  });

  test('memory that grows while caches fill is flat, and memory that grows later is not', () => {
    const filling = hours.map(hour => ({ ...sample(hour), rssMb: 150 + 20 * Math.min(3, hour) }));
    expect(trendsOf([told(filling)]).map(({ of, verdict }) => [of, verdict])).toEqual([
      ['rssMb', 'flat'],
      ['heapMb', 'flat'],
      ['files', 'flat'],
    ]);
    const leaking = hours.map(hour => ({ ...sample(hour), heapMb: 50 + 1.5 * hour, files: 4 + Math.floor(hour) }));
    const trends = trendsOf([told(leaking)]);
    expect(trends.map(({ of, verdict }) => [of, verdict])).toEqual([
      ['rssMb', 'flat'],
      ['heapMb', 'grows'],
      ['files', 'grows'],
    ]);
    expect(trends[1]?.slope).toBeCloseTo(1.5, 9);
  });

  /** How often each verdict on RSS is given in 200 soaks with this leak and noise. Half of a deviation remains until the next sample. */
  function verdicts(leakMb: number, noiseMb: number): Record<'grows' | 'flat' | 'not judged', number> {
    const counts = { grows: 0, flat: 0, 'not judged': 0 };
    for (let soak = 0; soak < 200; soak++) {
      const random = seededRandom(`noise ${soak}`);
      let deviation = 0;
      const samples = hours.map(hour => {
        deviation = 0.5 * deviation + Math.sqrt(0.75) * normal(random);
        return { ...sample(hour), rssMb: 150 + leakMb * hour + noiseMb * deviation };
      });
      const [rss] = trendsOf([told(samples)]);
      if (rss !== undefined) counts[rss.verdict]++;
    }
    return counts;
  }

  test('RSS that is noisy and flat passes, and whatever the noise, a leak of 2 MB an hour passes in at most one of twenty soaks', () => {
    expect(verdicts(0, 1).flat).toBe(200);
    for (const noiseMb of [1, 5, 20]) expect(verdicts(2, noiseMb).flat).toBeLessThanOrEqual(10);
    expect(verdicts(4, 1).grows).toBe(200);
  });

  test('samples that differ too much to tell a leak from none are not judged', () => {
    const noisy = verdicts(0, 20);
    expect(noisy['not judged']).toBeGreaterThan(150);
    expect(noisy.grows).toBeLessThanOrEqual(10);
  });

  test('too few samples, and samples of a process whose caches are still filling, have no trend', () => {
    expect(trendsOf([told(hours.slice(0, 40).map(sample))])).toEqual([]);
    const slow = told(hours.map(hour => ({ ...sample(hour), intents: 200 * hour })));
    expect(trendsOf([slow])).toEqual([]);
    expect(unjudgedOf([slow])).toEqual([
      'steady: memory is NOT JUDGED: after 7.9 hours and 1580 intents, fewer than 30 samples are of a time after 3 hours and 2000 intents',
    ]);
    expect(unjudgedOf([told(hours.map(sample))])).toEqual([]);
  });

  test('an application that comes to a stop during the soak is not judged, however flat its memory is', () => {
    const stopped = told(hours.map(hour => ({ ...sample(hour), intents: 9_000 * Math.min(hour, 4.5) })));
    expect(trendsOf([stopped])).toEqual([]);
    expect(unjudgedOf([stopped])).toEqual([
      'steady: memory is NOT JUDGED: 0 new intents an hour are too few (at least 3000): give it more minutes, or a machine that is less busy',
    ]);
  });

  test('every difference that a check finds is reported as a sentence', () => {
    const fine: SoakCheck = {
      hour: 1,
      ledgerNanoUsd: 12n,
      billNanoUsd: 10n,
      estimatedNanoUsd: 2n,
      billed: 30,
      found: 30,
      estimated: 3,
      mismatched: [],
      wrongCells: 0,
      processes: [told([])],
      spooledBytes: 0,
      overdue: 0,
      pruned: 0,
    };
    expect(faultsOf(fine)).toEqual([]);
    const wrong = { ...told([]), wrong: ['steady: warning: a leak'] };
    expect(
      faultsOf({
        ...fine,
        billNanoUsd: 11n,
        found: 29,
        estimated: 4,
        wrongCells: 1,
        spooledBytes: 9,
        overdue: 4,
        processes: [wrong],
      }),
    ).toEqual([
      'the ledger and the bill differ by -1 nUSD',
      '1 exchanges of the bill are in no ledger record',
      '4 of 30 exchanges have an estimate in the ledger: their replies came too late to say much',
      '1 cells are not those of a recount',
      '9 bytes are still spooled',
      '4 silent intents are not labelled',
      'steady: warning: a leak',
    ]);
  });
});
