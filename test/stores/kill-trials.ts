/** Routers that are killed, many times over: `npm run test:crashes` runs all of them, the test a part. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/core/math/random.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { spooling } from '../../src/stores/spool.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import type { Said } from './killed-router.ts';
import { ledgerIn, runUntilKilled } from './killed-router.ts';

export interface KillResult {
  readonly kills: number;
  /** Number of acknowledged outcomes and flushed calls. */
  readonly acknowledged: number;
  readonly refused: number;
  /** Changes that were acknowledged, but are not in the ledger after the spool was replayed. */
  readonly lost: number;
  /** Cells that did not follow from the ledger. */
  readonly wrongCells: number;
}

export interface KillTrialOptions {
  readonly kills: number;
  readonly progress?: (kills: number) => void;
}

/** Kills on one ledger: each process finds what those before it have left. */
const KILLS_PER_LEDGER = 20;

/** Routers of one ledger, one after the other, on a store that fails most of the time. */
export async function killWithOutages({ kills, progress }: KillTrialOptions): Promise<KillResult> {
  const random = seededRandom(1);
  let total = NOTHING;
  while (total.kills < kills) {
    const directory = mkdtempSync(join(tmpdir(), 'outcome-router-kill-'));
    const all: Said[] = [];
    try {
      while (all.length < Math.min(KILLS_PER_LEDGER, kills - total.kills)) {
        const after = 1 + Math.floor(150 * random.next());
        const isEnough = ({ succeeded }: Said): boolean => succeeded.length >= after;
        all.push(await runUntilKilled({ directory, trouble: 'outages', isEnough }));
        progress?.(total.kills + all.length);
      }
      total = sum(total, await resultOf(directory, all));
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
  return total;
}

/** A place where the files cannot grow beyond some hundred kilobytes, until there is space again. */
export interface SmallDisk {
  readonly kind: 'tmpfs' | 'file size limit';
  readonly directory: string;
  readonly command?: (line: readonly string[]) => readonly string[];
  /** Frees a little space while the router runs: a change that was only partly written must not damage those written after it. */
  giveWay?(): void;
  makeSpace(): void;
  remove(): void;
}

export interface SmallFileSystem extends SmallDisk {
  /** Takes all the space that is left. */
  fill(): void;
}

/**
 * A file system that is nearly full, and larger than the write-ahead log can become. `undefined` where it cannot be mounted: only root
 * can, and not in every container.
 */
export function smallFileSystem(): SmallFileSystem | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    rmSync(directory, { recursive: true });
    return undefined;
  }
  const ballast = join(directory, 'ballast');
  writeFileSync(ballast, Buffer.alloc(16_300_000));
  return {
    kind: 'tmpfs',
    directory,
    giveWay: () => truncateSync(ballast, statSync(ballast).size - 50_000),
    makeSpace: () => rmSync(ballast),
    fill() {
      try {
        for (;;) appendFileSync(ballast, Buffer.alloc(4_096));
      } catch {
        // It is full.
      }
    },
    remove() {
      // Lazily: where a trial failed, its store is still open.
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true });
    },
  };
}

/** The shell's limit, which every user may set: a write beyond it fails as on a full disk, with another error. */
export function fileSizeLimit(): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-disk-'));
  return {
    kind: 'file size limit',
    directory,
    // The limit's signal would end the process, so it is ignored. The unit is 512 bytes.
    command: line => ['sh', '-c', 'trap "" XFSZ; ulimit -f 400; exec "$@"', 'sh', ...line],
    makeSpace: () => {},
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** After so many refused outcomes there is a little space again. */
const REFUSALS_PER_GIFT = 7;

/** One router on a new disk of that kind each time, killed some outcomes after the first one was refused. */
export async function killOnFullDisk(
  makeDisk: () => SmallDisk | undefined,
  { kills, progress }: KillTrialOptions,
): Promise<KillResult> {
  const random = seededRandom(2);
  let total = NOTHING;
  for (let kill = 1; kill <= kills; kill++) {
    const disk = makeDisk();
    if (disk === undefined) return total;
    try {
      const { directory, command } = disk;
      const after = Math.floor(100 * random.next());
      let nextGift = REFUSALS_PER_GIFT;
      const isEnough = ({ refused }: Said): boolean => {
        if (refused.length >= nextGift) {
          nextGift += REFUSALS_PER_GIFT;
          disk.giveWay?.();
        }
        return refused.length > after;
      };
      const said = await runUntilKilled({ directory, trouble: 'none', isEnough, ...(command && { command }) });
      disk.makeSpace();
      total = sum(total, await resultOf(directory, [said]));
    } finally {
      disk.remove();
    }
    progress?.(kill);
  }
  return total;
}

const NOTHING: KillResult = { kills: 0, acknowledged: 0, refused: 0, lost: 0, wrongCells: 0 };

function sum(one: KillResult, other: KillResult): KillResult {
  return {
    kills: one.kills + other.kills,
    acknowledged: one.acknowledged + other.acknowledged,
    refused: one.refused + other.refused,
    lost: one.lost + other.lost,
    wrongCells: one.wrongCells + other.wrongCells,
  };
}

/** What is in the ledger after the next start has replayed the spools. */
async function resultOf(directory: string, all: readonly Said[]): Promise<KillResult> {
  const path = ledgerIn(directory);
  const store = spooling(sqlite(path), { path: `${path}.spool.jsonl`, nowMs: Date.now });
  const left = await store.drain();
  const kindsOf = new Map<string, Set<string>>();
  for await (const { intentId, kind } of store.scan())
    kindsOf.set(intentId, (kindsOf.get(intentId) ?? new Set()).add(kind));
  const has = (id: string, kind: string): boolean => kindsOf.get(id)?.has(kind) === true;
  const succeeded = all.flatMap(said => said.succeeded);
  const flushed = all.flatMap(said => said.flushed);
  const lost = [
    ...succeeded.filter(id => !has(id, 'labelled')),
    ...flushed.filter(id => !has(id, 'decided') || !has(id, 'attempted')),
  ];
  const { corrected } = await rebuildCells(store, 'support');
  await store.close();
  return {
    kills: all.length,
    acknowledged: succeeded.length + flushed.length,
    refused: all.reduce((refused, said) => refused + said.refused.length, 0),
    lost: lost.length + left,
    wrongCells: corrected,
  };
}
