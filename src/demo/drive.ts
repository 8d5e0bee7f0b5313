/** Runs the demo: starts the provider, routes intents, records outcomes, and reads ledger and provider's bill. */
import type { DecidedRecord } from '../core/ledger/records.ts';
import { seededRandom } from '../core/math/random.ts';
import type { RouterReport } from '../core/report/router-report.ts';
import type { Store } from '../contracts/store.ts';
import type { DemoTask } from './application.ts';
import { demoCalls, demoRouter } from './application.ts';
import type { DemoClients } from './clients.ts';
import type { ScheduledEvidence, FinishedTask } from './outcomes.ts';
import { evidenceOf } from './outcomes.ts';
import { startDemoProvider } from './provider.ts';
import { DEMO_FEATURE_NAMES } from './world.ts';

export interface DemoOptions {
  readonly intents: number;
  readonly seed: string | number;
  /** An empty store. The router closes it at the end. */
  readonly store: Store;
  readonly clients: DemoClients;
  /** Called for every finished intent. */
  readonly advance?: () => void;
}

export interface DemoRun {
  readonly report: RouterReport;
  /** In the order of the intents. */
  readonly decided: readonly DecidedRecord[];
  /** The provider's own bill, nano-dollars. */
  readonly billedNanoUsd: bigint;
  readonly billedRequests: number;
  readonly outcomes: OutcomeCounts;
}

/** Intents whose outcome arrived late, was corrected, or never arrived. */
export interface OutcomeCounts {
  readonly late: number;
  readonly corrected: number;
  readonly never: number;
}

/** Intents in flight at the same time. More: the run is shorter, and each decision is based on fewer outcomes. */
const CONCURRENCY = 16;

export async function runDemo({ intents, seed, store, clients, advance }: DemoOptions): Promise<DemoRun> {
  // `await using` is a syntax error on the oldest supported Node when this file runs from source.
  const provider = await startDemoProvider(seed);
  const router = demoRouter({ store, seed });
  const ask = demoCalls(router, clients, provider);
  const random = seededRandom(`${seed}/users`);
  const counts = { late: 0, corrected: 0, never: 0 };
  const order = new Map<string, number>();
  let waiting: readonly Due[] = [];

  const perform = async (task: DemoTask): Promise<FinishedTask> => {
    const { id: intentId, model } = router.feature(task.feature).intent();
    order.set(intentId, order.size);
    const solved = await ask(task, model);
    advance?.();
    return { task, intentId, solved };
  };

  try {
    // Intents run in waves, each followed by its evidence in order, so that a seed always gives the same choices.
    for (let start = 0; start < intents; start += CONCURRENCY) {
      const tasks = tasksOf(start, Math.min(CONCURRENCY, intents - start), random.fork.bind(random));
      const finished = await Promise.all(tasks.map(perform));
      // Waits until the costs of this wave are stored, so that the next wave's decisions do not depend on the disk's speed.
      await router.flush();
      const due: Due[] = [...waiting];
      finished.forEach((each, i) => {
        const evidence = evidenceOf(each, random.fork(`outcome ${start + i}`));
        if (evidence.length === 0) counts.never++;
        if (evidence.length > 1) counts.corrected++;
        if (evidence.some(({ afterIntents }) => afterIntents > 0)) counts.late++;
        due.push(...evidence.map(one => ({ dueIntent: start + i + one.afterIntents, record: one.record })));
      });
      for (const { record } of due.filter(({ dueIntent }) => dueIntent < start + CONCURRENCY)) await record(router);
      waiting = due.filter(({ dueIntent }) => dueIntent >= start + CONCURRENCY);
    }
    for (const { record } of [...waiting].sort((x, y) => x.dueIntent - y.dueIntent)) await record(router);
    await provider.idle();
    const report = await router.report();
    const decided: DecidedRecord[] = [];
    for await (const record of store.scan({ kind: 'decided' })) if (record.kind === 'decided') decided.push(record);
    // In the order in which the ledger stored them.
    decided.sort((a, b) => (order.get(a.intentId) ?? 0) - (order.get(b.intentId) ?? 0));
    const { totalNanoUsd, requests } = provider.bill();
    return { report, decided, billedNanoUsd: totalNanoUsd, billedRequests: requests.length, outcomes: counts };
  } finally {
    await router.close();
    await provider.close();
  }
}

interface Due {
  /** Number of the intent after which the evidence is recorded. */
  readonly dueIntent: number;
  readonly record: ScheduledEvidence['record'];
}

function tasksOf(start: number, count: number, fork: (label: string) => ReturnType<typeof seededRandom>): DemoTask[] {
  return Array.from({ length: count }, (_, i) => {
    const draw = fork(`task ${start + i}`);
    const feature = DEMO_FEATURE_NAMES[Math.floor(draw.next() * DEMO_FEATURE_NAMES.length)] ?? 'support.reply';
    return { feature, id: String(start + i), luck: draw.next() };
  });
}
