/**
 * Another process at the same store: `node shared-process.ts <address> <role> …` commits intents, maintains the store, or
 * claims what is due, until it is done or killed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../src/contracts/store.ts';
import type { History } from './histories.ts';
import { attempted, changesOf, decided, evidence, history, HOUR, NOON } from './histories.ts';

/** Where another process finds a store. */
export type StoreAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/** Writes intents one after the other, and prints the number of each once it is acknowledged. */
interface WriteRole {
  readonly role: 'write';
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
}

/** Merges older statistics repeatedly. */
interface MaintainRole {
  readonly role: 'maintain';
}

/** Claims pages of due intents and prints their ids, even if there are none; it never labels any. */
interface ClaimRole {
  readonly role: 'claim';
  readonly pageSize: number;
  readonly leaseMs: number;
  /** How wrong the clock of this process is. */
  readonly skewMs: number;
}

export type Role = WriteRole | MaintainRole | ClaimRole;

/** Over how long the decisions of a process's intents are spread: hours, days and weeks for `maintain`. */
const SPREAD_DAYS = 150;

/** The intent of a number, the same in every process. Its spend is different from that of any other. */
export function sharedIntent(prefix: string, index: number): History {
  const atMs = NOON - ((index * 37) % SPREAD_DAYS) * 24 * HOUR + (index % 24) * HOUR;
  return history(`${prefix}-${index}`, 'support', [
    decided(atMs),
    attempted(atMs + 1000, { costNanoUsd: 1_000_003 + index * 7 }),
    evidence(atMs + 2000, { source: 'explicit', success: index % 3 !== 0 }),
  ]);
}

export interface SharedProcess {
  /** What it has said so far, line by line. */
  readonly said: readonly string[];
  /** Resolves when it has ended: to its exit code, or to `null` where it was killed. */
  readonly ended: Promise<number | null>;
  kill(): void;
}

/** @param isEnough called after each line; the process is killed when it says so */
export function startProcess(
  address: StoreAddress,
  role: Role,
  isEnough: (said: readonly string[]) => boolean = () => false,
): SharedProcess {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const args = [fileURLToPath(import.meta.url), JSON.stringify(address), JSON.stringify(role)];
  const child = spawn(process.execPath, [...flags, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const kill = (): void => void child.kill('SIGKILL');
  lines.on('line', line => {
    said.push(line);
    if (isEnough(said)) kill();
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  // The last lines may come after the end.
  const ended = once(lines, 'close').then(async () => exited);
  return { said, ended, kill };
}

async function openAt(address: StoreAddress): Promise<Store> {
  if (address.kind === 'sqlite') return (await import('../../src/stores/sqlite.ts')).sqlite(address.path);
  const { postgres } = await import('../../src/stores/postgres.ts');
  return postgres(address.url, { schema: address.schema, timeoutMs: 20_000 });
}

const say = (line: string): void => void writeSync(1, `${line}\n`);

async function write(store: Store, { prefix, from, to }: WriteRole): Promise<void> {
  for (let index = from; index < to; index++) {
    for (const change of changesOf(sharedIntent(prefix, index))) {
      const [answer] = await store.commitAll([change]);
      // A process before this one may have been killed after a commit and before it said so.
      if (answer?.kind !== 'committed' && answer?.kind !== 'known')
        throw new Error(`${prefix}-${index}: ${answer?.kind}`);
    }
    say(String(index));
  }
}

async function maintain(store: Store): Promise<void> {
  for (;;) {
    const { more } = await store.maintain();
    say(more ? 'more' : 'done');
    if (!more) await new Promise(resolve => void setTimeout(resolve, 5));
  }
}

async function claim(store: Store, { pageSize, leaseMs, skewMs }: ClaimRole): Promise<void> {
  for (;;) {
    const ids = await store.claimDue(Date.now() + skewMs, pageSize, leaseMs);
    say(JSON.stringify(ids));
    if (ids.length === 0) await new Promise(resolve => void setTimeout(resolve, 20));
  }
}

async function main([address = '', given = '']: readonly string[]): Promise<void> {
  const store = await openAt(JSON.parse(address) as StoreAddress);
  const role = JSON.parse(given) as Role;
  if (role.role === 'write') await write(store, role);
  else if (role.role === 'maintain') await maintain(store);
  else await claim(store, role);
  await store.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
