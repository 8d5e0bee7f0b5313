/** Drives the demo: starts the provider, asks, records outcomes, and holds the ledger against the provider's bill. */
import type { DecidedRecord } from '../core/ledger/records.ts';
import { seededRandom } from '../core/math/random.ts';
import type { RouterReport } from '../core/report/router-report.ts';
import { sqlite } from '../stores/sqlite.ts';
import type { DemoTask } from './application.ts';
import { demoCalls, demoRouter } from './application.ts';
import type { DemoClients } from './clients.ts';
import type { Finished, Saying } from './outcomes.ts';
import { sayingsOf } from './outcomes.ts';
import { startDemoProvider } from './provider.ts';
import { DEMO_FEATURE_NAMES } from './world.ts';

export interface DemoOptions {
  readonly intents: number;
  readonly seed: string | number;
  /** SQLite file to write; it must not hold a ledger yet. */
  readonly db: string;
  readonly clients: DemoClients;
  /** Called for every finished intent. */
  readonly advance?: () => void;
}

export interface DemoRun {
  readonly report: RouterReport;
  /** In the order in which the intents came. */
  readonly decided: readonly DecidedRecord[];
  /** The provider's own bill, nano-dollars. */
  readonly billedNanoUsd: bigint;
  readonly billedRequests: number;
  readonly outcomes: OutcomeCounts;
}

/** Intents whose outcome came late, was corrected, or never came. */
export interface OutcomeCounts {
  readonly late: number;
  readonly corrected: number;
  readonly never: number;
}

/** Intents under way at the same time. */
const AT_ONCE = 16;

export async function runDemo({ intents, seed, db, clients, advance }: DemoOptions): Promise<DemoRun> {
  // Not `await using`: the oldest supported Node cannot read it where this runs from source.
  const provider = await startDemoProvider(seed);
  const store = sqlite(db);
  const router = demoRouter({ store, seed });
  const ask = demoCalls(router, clients, provider);
  const random = seededRandom(`${seed}/users`);
  const counts = { late: 0, corrected: 0, never: 0 };
  let waiting: readonly Due[] = [];

  const perform = async (task: DemoTask): Promise<Finished> => {
    const { id: intentId, model } = router.feature(task.feature).intent();
    const solved = await ask(task, model);
    advance?.();
    return { task, intentId, solved };
  };

  try {
    // In waves, and what is said of a wave is said in order after it: the same seed makes the same choices.
    for (let at = 0; at < intents; at += AT_ONCE) {
      const tasks = tasksOf(at, Math.min(AT_ONCE, intents - at), random.fork.bind(random));
      const finished = await Promise.all(tasks.map(perform));
      // What a wave has cost is learnt before the next one is decided, however slow the disk is.
      await router.flush();
      const due: Due[] = [...waiting];
      finished.forEach((each, i) => {
        const sayings = sayingsOf(each, random.fork(`outcome ${at + i}`));
        if (sayings.length === 0) counts.never++;
        if (sayings.length > 1) counts.corrected++;
        if (sayings.some(({ afterIntents }) => afterIntents > 0)) counts.late++;
        due.push(...sayings.map(saying => ({ atIntent: at + i + saying.afterIntents, saying })));
      });
      for (const { saying } of due.filter(({ atIntent }) => atIntent < at + AT_ONCE)) await saying.say(router);
      waiting = due.filter(({ atIntent }) => atIntent >= at + AT_ONCE);
    }
    for (const { saying } of [...waiting].sort((x, y) => x.atIntent - y.atIntent)) await saying.say(router);
    await provider.idle();
    const report = await router.report();
    const decided: DecidedRecord[] = [];
    for await (const record of store.scan({ kind: 'decided' })) if (record.kind === 'decided') decided.push(record);
    const { totalNanoUsd, requests } = provider.bill();
    return { report, decided, billedNanoUsd: totalNanoUsd, billedRequests: requests.length, outcomes: counts };
  } finally {
    await router.close();
    await provider.close();
  }
}

interface Due {
  readonly atIntent: number;
  readonly saying: Saying;
}

function tasksOf(at: number, count: number, fork: (label: string) => ReturnType<typeof seededRandom>): DemoTask[] {
  return Array.from({ length: count }, (_, i) => {
    const draw = fork(`task ${at + i}`);
    const feature = DEMO_FEATURE_NAMES[Math.floor(draw.next() * DEMO_FEATURE_NAMES.length)] ?? 'support.reply';
    return { feature, id: String(at + i), luck: draw.next() };
  });
}
