/**
 * A fleet of processes on one PostgreSQL that are killed at random and started again, while the database is restarted.
 * `npm run test:fleet` runs forty of them for 200,000 intents, the test a few.
 */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../src/contracts/store.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import type { FakeProvider } from '../../src/public/testing.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { postgres } from '../../src/stores/postgres.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { spooling } from '../../src/stores/spool.ts';
import { startPostgres } from '../support/postgres-server.ts';
import type { MemberOptions, Said } from './member.ts';
import { FEATURES } from './member.ts';

export interface FleetOptions {
  readonly processes: number;
  /** Replies that reach the application, together. */
  readonly intents: number;
  readonly concurrency?: number;
  /** Each process is killed about this often. */
  readonly killsPerProcess?: number;
  /** How often the database is restarted. */
  readonly restarts?: number;
  readonly progress?: (returned: number) => void;
}

export interface FleetResult {
  readonly kills: number;
  readonly restarts: number;
  readonly returned: number;
  readonly outcomes: number;
  /** Faults that the observers of the processes received. */
  readonly faults: Readonly<Record<string, number>>;
  /** Exchanges on the provider's bill, those of them in the ledger with that cost, and what a kill left between the two. */
  readonly billed: number;
  readonly found: number;
  readonly cutOff: number;
  /** Maximum number of exchanges that the kills can have cut off. */
  readonly mostCutOff: number;
  /** This and the following counts must be 0. */
  readonly wrongCosts: number;
  readonly lostReplies: number;
  readonly lostOutcomes: number;
  readonly repeatedOutcomes: number;
  readonly wrongCells: number;
  readonly leftInSpools: number;
  readonly deadlocks: number;
}

const MODELS = {
  'gpt-5-mini': { price: { input: '0.25', output: '2' } },
  'gpt-5': { price: { input: '1.25', output: '10' } },
};

const RESTART_MS = 1_000;

/** A reply goes back when its intent is in the ledger; its attempt follows, at the latest with the next outcome. */
const UNWRITTEN_ATTEMPTS = 2;

export async function fleet(options: FleetOptions): Promise<FleetResult> {
  const { processes, intents, concurrency = 4, killsPerProcess = 1, restarts = 2, progress } = options;
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-fleet-'));
  const server = await startPostgres({ settings: { max_connections: 3 * processes + 20 } });
  const provider = await startFakeProvider({ models: MODELS, keepsRequests: 0 });
  const random = seededRandom('fleet');
  const returned: string[] = [];
  const succeeded: string[] = [];
  const faults: Record<string, number> = {};
  const running = new Map<number, ChildProcess>();
  let isEnding = false;
  let kills = 0;

  function record(line: string): void {
    const [what, text] = line.split(' ') as [Said, string];
    if (what === 'faulted') faults[text] = (faults[text] ?? 0) + 1;
    else (what === 'returned' ? returned : succeeded).push(text);
  }

  function start(index: number): void {
    const member: MemberOptions = { url: server.url, openaiBaseURL: provider.openaiBaseURL, concurrency };
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const file = fileURLToPath(new URL('member.ts', import.meta.url));
    const child = spawn(process.execPath, [...flags, file, JSON.stringify(member)], {
      cwd: directory,
      stdio: ['pipe', 'pipe', 'inherit'],
      // Most of a short life would be spent on compiling.
      env: { NODE_COMPILE_CACHE: join(tmpdir(), 'outcome-router-compile-cache'), ...process.env },
    });
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', record);
    child.once('close', () => {
      running.delete(index);
      if (!isEnding) start(index);
    });
    running.set(index, child);
  }

  async function reached(count: number): Promise<void> {
    while (returned.length < count) {
      await wait(20);
      progress?.(returned.length);
    }
  }

  try {
    for (let index = 0; index < processes; index++) start(index);
    const events = [
      ...Array.from({ length: processes * killsPerProcess }, () => ({ at: random.next(), isKill: true })),
      ...Array.from({ length: restarts }, (_, each) => ({ at: (each + 1) / (restarts + 1), isKill: false })),
    ].sort((a, b) => a.at - b.at);
    for (const { at, isKill } of events) {
      await reached(at * intents);
      if (isKill) {
        const children = [...running.values()];
        if (children[Math.floor(random.next() * children.length)]?.kill('SIGKILL') === true) kills++;
      } else {
        await server.stop();
        await wait(RESTART_MS);
        await server.start();
      }
    }
    await reached(intents);
    isEnding = true;
    const ends = [...running.values()].map(async child => once(child, 'close'));
    for (const child of running.values()) child.stdin?.write('end\n');
    await Promise.all(ends);
    await provider.idle();

    const store = postgres(server.url, { timeoutMs: 60_000 });
    const spool = spooling(store, { path: join(directory, store.spoolPath ?? ''), nowMs: Date.now });
    const leftInSpools = await spool.drain();
    const compared = await compare(store, provider, { returned, succeeded });
    await spool.close();
    const deadlocks = server.log().split('deadlock detected').length - 1;
    const mostCutOff = kills * concurrency * UNWRITTEN_ATTEMPTS;
    return { kills, restarts, ...compared, faults, mostCutOff, leftInSpools, deadlocks };
  } finally {
    isEnding = true;
    for (const child of running.values()) child.kill('SIGKILL');
    await provider.close();
    await server.remove();
    rmSync(directory, { recursive: true });
  }
}

async function compare(
  store: Store,
  provider: FakeProvider,
  said: { readonly returned: readonly string[]; readonly succeeded: readonly string[] },
) {
  const costs = new Map(provider.bill().requests.map(({ requestId, costNanoUsd }) => [requestId, costNanoUsd]));
  const found = new Set<string>();
  const decided = new Set<string>();
  const keys = new Set<string>();
  let wrongCosts = 0;
  let repeatedOutcomes = 0;
  for await (const record of store.scan()) {
    if (record.kind === 'decided') decided.add(record.intentId);
    else if (record.kind === 'attempted') {
      const { providerRequestId: id = '', costNanoUsd } = record.attempt;
      if (found.has(id) || costs.get(id) !== BigInt(costNanoUsd)) wrongCosts++;
      found.add(id);
    } else {
      const key = record.evidence.key ?? '';
      if (keys.has(key)) repeatedOutcomes++;
      keys.add(key);
    }
  }
  let wrongCells = 0;
  for (const feature of FEATURES) wrongCells += (await rebuildCells(store, feature)).corrected;
  return {
    returned: said.returned.length,
    outcomes: said.succeeded.length,
    billed: costs.size,
    found: found.size,
    cutOff: costs.size - found.size,
    wrongCosts,
    lostReplies: said.returned.filter(id => !decided.has(id)).length,
    lostOutcomes: said.succeeded.filter(id => !keys.has(`outcome of ${id}`)).length,
    repeatedOutcomes,
    wrongCells,
  };
}

/** What went wrong, in words; nothing for a fleet that lost nothing. */
export function faultsOf(result: FleetResult): readonly string[] {
  const { cutOff, mostCutOff } = result;
  const bad = [
    'wrongCosts',
    'lostReplies',
    'lostOutcomes',
    'repeatedOutcomes',
    'wrongCells',
    'leftInSpools',
    'deadlocks',
  ] as const;
  return [
    ...bad.flatMap(name => (result[name] === 0 ? [] : [`${name}: ${result[name]}`])),
    ...(cutOff > mostCutOff ? [`cutOff: ${cutOff}, and the kills explain ${mostCutOff}`] : []),
  ];
}
