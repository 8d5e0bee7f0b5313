/**
 * Hours of an application on a clock that runs faster: two processes call a faulty provider and share a SQLite ledger that
 * is locked now and then, and pruned. `npm run test:soak` runs eight hours in one, the test some minutes in seconds.
 */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../src/contracts/store.ts';
import type { FakeProvider } from '../../src/public/testing.ts';
import { randomFaults, startFakeProvider } from '../../src/public/testing.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { acceleratedRuntime } from './accelerated.ts';
import type { Answer, ApplicationOptions, Order, Told } from './application.ts';
import { PRUNED_AFTER_MS } from './application.ts';
import type { Balance } from './books.ts';
import { books } from './books.ts';
import { FAULTS, FEATURES, MINUTE_MS, PROVIDER_MODELS } from './world.ts';

export interface SoakOptions {
  /** On the accelerated clock. */
  readonly hours: number;
  /** How long the application runs, in real time, without the time of the checks. */
  readonly minutes: number;
  /** How often everything stops and the books are compared. Default: once an hour. */
  readonly checks?: number;
  /** New intents per second of real time, for each process. */
  readonly perSecond?: number;
  /** See {@link ApplicationOptions.minIntents}. Default 0. */
  readonly minIntents?: number;
  /** Whether some replies stall until the application gives up. On a busy machine a short patience ends others too. */
  readonly stalls?: boolean;
  /** See {@link ApplicationOptions.patienceMs}. */
  readonly patienceMs?: number;
  readonly progress?: (check: SoakCheck) => void;
}

/** All that is compared while nothing is in flight. */
export interface SoakCheck extends Balance {
  readonly hour: number;
  readonly processes: readonly Told[];
  /** Bytes in the spools, and in files of what was set aside. */
  readonly spooledBytes: number;
  /** Intents of configured features whose silence has ended without a label. */
  readonly overdue: number;
  /** Intents pruned so far. */
  readonly pruned: number;
}

const HOUR_MS = 60 * MINUTE_MS;
/** How long, in real time, the provider may need to end its exchanges once both processes have ended. */
const MAX_IDLE_MS = 60_000;
/** Silent intents are labelled within this real time, while a process waits for the other one. */
const MAX_LAG_MS = 15_000;
/** How long, in real time, the ledger is locked; the next constant is how often, on the accelerated clock. */
const LOCK_MS = 1_000;
const LOCK_EVERY_MS = 25 * MINUTE_MS;

/** Resolves to every check, the last one after both processes have ended. */
export async function soak(options: SoakOptions): Promise<readonly SoakCheck[]> {
  const { hours, minutes, checks: count = Math.max(1, Math.round(hours)), progress } = options;
  const { perSecond = 20, minIntents = 0, patienceMs = 5_000, stalls = true } = options;
  const times = (hours * 60) / minutes;
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-soak-'));
  const ledger = join(directory, 'ledger.db');
  const clock = { times, startMs: Date.now() };
  const provider = await startFakeProvider({
    models: PROVIDER_MODELS,
    // Those between two checks.
    keepsRequests: 100_000,
    seed: 'soak',
    runtime: acceleratedRuntime(clock),
    faults: randomFaults(
      'soak',
      FAULTS.filter(([, { kind }]) => stalls || (kind !== 'pause' && kind !== 'silent')),
    ),
  });
  const store = sqlite(ledger);
  const balance = books(store, provider);
  const common = {
    ...clock,
    ledger,
    perSecond,
    minIntents,
    patienceMs,
    sampleEveryMs: HOUR_MS / 10,
    ...urlsOf(provider),
  };
  // One router for the whole time, and one that is opened again and again with other features; they share some.
  const steady = start({ ...common, name: 'steady', features: [0, 18], open: 18 }, order => changing.tell(order));
  const changing: Running = start({ ...common, name: 'changing', features: [12, FEATURES.length], open: 8 }, order =>
    steady.tell(order),
  );
  const processes = [steady, changing];
  const all: SoakCheck[] = [];
  let pruned = 0;

  async function check(order: 'pause' | 'end'): Promise<void> {
    const told = await Promise.all(processes.map(async process => process.ask(order)));
    // Waiting for an exchange that never ends would hide everything that the check finds: without it, the exchange is missing in the bill.
    await Promise.race([provider.idle(), wait(MAX_IDLE_MS, undefined, { ref: false })]);
    const nowMs = acceleratedRuntime(clock).nowMs();
    const found: SoakCheck = {
      hour: (nowMs - clock.startMs) / HOUR_MS,
      ...(await balance()),
      processes: told,
      spooledBytes: spooledBytesIn(directory),
      overdue: await overdueIn(store, told, nowMs - MAX_LAG_MS * times),
      pruned,
    };
    all.push(found);
    progress?.(found);
  }

  const end = new AbortController();
  let locking: Promise<void> | undefined;
  try {
    // A busy machine takes seconds to start them.
    await Promise.all(processes.map(async process => process.ask('pause')));
    for (const process of processes) process.tell({ kind: 'resume' });
    locking = lockAgainAndAgain(ledger, Math.min(LOCK_EVERY_MS, (hours * HOUR_MS) / 3) / times, end.signal);
    for (let index = 1; index <= count; index++) {
      // Counted from the end of the last check: on a busy machine a check takes minutes, in which the application does not run.
      const untilMs = Date.now() + (minutes * MINUTE_MS) / count;
      // While the application runs, as a scheduled job would.
      while (Date.now() < untilMs) {
        await wait(Math.max(0, Math.min(untilMs - Date.now(), (20 * MINUTE_MS) / times)));
        pruned += (await store.prune(acceleratedRuntime(clock).nowMs() - PRUNED_AFTER_MS)).intents;
      }
      await check(index < count ? 'pause' : 'end');
      for (const process of processes) process.tell({ kind: 'resume' });
    }
    return all;
  } finally {
    end.abort();
    for (const { child } of processes) child.kill();
    await locking;
    await store.close();
    await provider.close();
    rmSync(directory, { recursive: true });
  }
}

function urlsOf({ openaiBaseURL, anthropicBaseURL }: FakeProvider) {
  return { openaiBaseURL, anthropicBaseURL };
}

interface Running {
  readonly child: ChildProcess;
  tell(order: Order): void;
  ask(order: 'pause' | 'end'): Promise<Told>;
}

function start(options: ApplicationOptions, handOver: (order: Order) => void): Running {
  const execArgv = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', '--expose-gc'];
  const child = fork(fileURLToPath(new URL('application.ts', import.meta.url)), [JSON.stringify(options)], {
    execArgv,
  });
  let answered: ((told: Told) => void) | undefined;
  let failed: ((error: unknown) => void) | undefined;
  const ended = new Promise<never>((_, reject) => (failed = reject));
  // `ask` rejects with it.
  ended.catch(() => {});
  child.on('exit', (code, signal) => failed?.(new Error(`the ${options.name} process ended: ${code ?? signal}`)));
  child.on('message', message => {
    const answer = message as Answer;
    if (answer.kind === 'handOver') handOver({ ...answer, kind: 'outcome' });
    else answered?.(answer.told);
  });
  // A process that has ended meanwhile cannot be reached: `ask` rejects, and no more outcomes are given.
  const tell = (order: Order): void => void (child.connected && child.send(order, () => {}));
  return {
    child,
    tell,
    ask: async order => {
      const told = new Promise<Told>(resolve => (answered = resolve));
      tell({ kind: order });
      return Promise.race([told, ended]);
    },
  };
}

/** Another program that takes the write lock now and then: the routers spool meanwhile. */
async function lockAgainAndAgain(ledger: string, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await wait(everyMs, undefined, { signal }).catch(() => {});
    const database = new DatabaseSync(ledger);
    try {
      await begin(database, signal);
      await wait(LOCK_MS, undefined, { signal }).catch(() => {});
    } finally {
      database.close();
    }
  }
}

/** In short tries, because the provider answers in this process too. */
async function begin(database: DatabaseSync, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return database.exec('PRAGMA busy_timeout = 5; BEGIN IMMEDIATE');
    } catch {
      await wait(5, undefined, { signal }).catch(() => {});
    }
  }
}

function spooledBytesIn(directory: string): number {
  const files = readdirSync(directory).filter(name => name.includes('.spool') && !name.endsWith('.owner'));
  return files.reduce((bytes, name) => bytes + statSync(join(directory, name)).size, 0);
}

async function overdueIn(store: Store, told: readonly Told[], nowMs: number): Promise<number> {
  const open = new Set(told.flatMap(({ features }) => features));
  let overdue = 0;
  for (const id of await store.claimDue(nowMs, 1e6, 0)) {
    const [first] = await store.load(id);
    if (first !== undefined && open.has(first.feature)) overdue++;
  }
  return overdue;
}
