/** Races of processes for spool files, many times over: `npm run test:crashes` runs all of them, the test a part. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeLine } from '../../src/stores/spool-line.ts';
import { decided, history, NOON } from './histories.ts';
import type { Spooler } from './spool-process.ts';
import { startSpooler } from './spool-process.ts';

const PROCESSES = 4;

export interface RaceOptions {
  readonly rounds: number;
  /** Whether a process that was killed has left its file and its lock at the path. */
  readonly isStale: boolean;
  readonly progress?: (rounds: number) => void;
}

export interface RaceResult {
  /** Files to which two living processes wrote. */
  readonly sharedFiles: number;
  /** Acknowledged changes that no process could bring to its store, or that another one had removed meanwhile. */
  readonly lostChanges: number;
}

/**
 * In each round, four processes open one path in the same millisecond, each adds a change to its spool, and they replay their spools one
 * after the other.
 */
export async function raceForSpools({ rounds, isStale, progress }: RaceOptions): Promise<RaceResult> {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-race-'));
  const spoolers = Array.from({ length: PROCESSES }, startSpooler);
  let [sharedFiles, lostChanges] = [0, 0];
  try {
    await Promise.all(spoolers.map(async (each, index) => each.spool([join(directory, `warm-up-${index}`)], 'warm')));
    await Promise.all(spoolers.map(async each => each.drain()));
    for (let round = 0; round < rounds; round++) {
      const path = join(directory, `round-${round}`);
      const stale = isStale ? leaveStale(path) : [];
      const atMs = Date.now() + 2;
      const acknowledged = await Promise.all(spoolers.map(async (each, k) => each.spool([path], `process-${k}`, atMs)));
      sharedFiles += [...spooledAt(path).values()].filter(ids => livingAmong(ids) > 1).length;
      lostChanges += await drainAll(spoolers, path, [...stale, ...acknowledged.flat()]);
      progress?.(round + 1);
    }
  } finally {
    await Promise.all(spoolers.map(async each => each.kill()));
    rmSync(directory, { recursive: true });
  }
  return { sharedFiles, lostChanges };
}

/** Files that a killed process leaves: its spool, a spool that it locked, and the kind of lock that earlier versions made. */
function leaveStale(path: string): readonly string[] {
  const { records } = history('stale', 'support', [decided(NOON)]);
  writeFileSync(
    path,
    encodeLine({ intentId: 'stale', feature: 'support', expectedRevision: 0, records, dueAtMs: null }),
    { mode: 0o600 },
  );
  writeFileSync(`${path}.owner`, '');
  writeFileSync(`${path}.lock`, '999999999');
  return ['stale'];
}

/**
 * Replays the spools of all processes, one after the other; returns how many changes were lost, in a store or because another process
 * replayed them.
 */
async function drainAll(spoolers: readonly Spooler[], path: string, expected: readonly string[]): Promise<number> {
  const missing = new Set(expected);
  let lost = 0;
  for (const each of spoolers) {
    for (const id of await each.drain()) missing.delete(id);
    const spooled = new Set([...spooledAt(path).values()].flat());
    for (const id of missing) if (!spooled.has(id)) lost++;
  }
  return lost + missing.size;
}

/** As many names as a spool has: two processes that try a free one in the same moment may both go on to the next. */
const MAX_FILES = 64;

/** Ids of the intents in each spool file of the path. */
function spooledAt(path: string): ReadonlyMap<string, readonly string[]> {
  const files = Array.from({ length: MAX_FILES }, (_, slot) => (slot === 0 ? path : `${path}.${slot}`));
  const idOf = (line: string): string => /"intentId":"([^"]*)"/.exec(line)?.[1] ?? line;
  return new Map(
    files.filter(existsSync).map(file => [file, readFileSync(file, 'utf8').split('\n').filter(Boolean).map(idOf)]),
  );
}

function livingAmong(ids: readonly string[]): number {
  return new Set(ids.filter(id => id.startsWith('process-'))).size;
}

/** Many paths at once: one process drains its part, the others are killed, and a restart must find all the rest. */
export async function killAndRestart(paths: number): Promise<{ readonly acknowledged: number; readonly lost: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-restart-'));
  const names = Array.from({ length: paths }, (_, index) => join(directory, `path-${index}`));
  try {
    const [first, ...others] = Array.from({ length: PROCESSES }, startSpooler) as [Spooler, ...Spooler[]];
    const acknowledged = await Promise.all(
      [first, ...others].map(async (each, k) => each.spool(names, `process-${k}`)),
    );
    const found = new Set(await first.drain());
    await Promise.all([first, ...others].map(async each => each.kill()));
    const restarted = startSpooler();
    await restarted.spool(names, 'restarted');
    for (const id of await restarted.drain()) found.add(id);
    await restarted.kill();
    const ids = acknowledged.flat();
    const left = readdirSync(directory).filter(name => !name.endsWith('.owner'));
    return { acknowledged: ids.length, lost: ids.filter(id => !found.has(id)).length + left.length };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
