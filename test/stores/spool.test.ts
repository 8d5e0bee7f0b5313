import fs, { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cellKeyString } from '../../src/core/cells/cell.ts';
import { RouterError } from '../../src/errors.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { SpoolingStore, SpoolOptions } from '../../src/stores/spool.ts';
import { spooling } from '../../src/stores/spool.ts';
import { encodeLine } from '../../src/stores/spool-line.ts';
import { commitOne } from '../../src/contracts/commit-on-latest.ts';
import type { Change, ChangeResult, CommitNow, Store } from '../../src/contracts/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { conformance } from './conformance.ts';
import { oneByOne } from './one-by-one.ts';
import type { History } from './histories.ts';
import { attempted, changesOf, decided, evidence, histories, history, NOON } from './histories.ts';

const directory = temporaryFolder();
let files = 0;
const newPath = (): string => join(directory, `spool-${files++}.jsonl`);

conformance('spooling memory', () => spooling(memory(), { path: newPath(), nowMs: () => NOON }));

/** A store whose network can be cut: before a call arrives, or after it, so that the answer is lost. */
function cuttable(inner: Store = memory()) {
  const line = { cut: false as boolean | 'answers', calls: 0 };
  const through = async <T>(call: () => Promise<T>): Promise<T> => {
    line.calls++;
    if (line.cut === true) throw new Error('connection refused');
    const answer = await call();
    if (line.cut === 'answers') throw new Error('connection reset');
    return answer;
  };
  const store: Store = {
    ...inner,
    name: 'remote',
    commitAll: changes => through(() => inner.commitAll(changes)),
    load: id => through(() => inner.load(id)),
    features: () => through(() => inner.features()),
    intents: range => through(() => inner.intents(range)),
    cells: feature => through(() => inner.cells(feature)),
    cellsSince: (...args) => through(() => inner.cellsSince(...args)),
    claimDue: (...args) => through(() => inner.claimDue(...args)),
    correctCells: (...args) => through(() => inner.correctCells(...args)),
    prune: beforeMs => through(() => inner.prune(beforeMs)),
    prunedCells: feature => through(() => inner.prunedCells(feature)),
    generations: features => through(() => inner.generations(features)),
    maintain: () => through(() => inner.maintain()),
    close: async () => {},
  };
  return { store, inner, line };
}

function setUp(options: Partial<SpoolOptions> = {}) {
  const remote = cuttable();
  const clock = { nowMs: NOON };
  const faults: unknown[] = [];
  const path = newPath();
  const make = (): SpoolingStore =>
    spooling(remote.store, { path, nowMs: () => clock.nowMs, faulted: error => void faults.push(error), ...options });
  return { ...remote, clock, faults, path, make, spool: make() };
}

function anIntent(id: string): History {
  return history(id, 'support', [
    decided(NOON),
    attempted(NOON + 1000),
    evidence(NOON + 2000, { source: 'explicit', success: true }),
  ]);
}

async function commit(store: Store, change: Change): Promise<ChangeResult['kind']> {
  return (await commitOne(store, change)).kind;
}

function step(one: History, revision: number): Change {
  const change = changesOf(one)[revision];
  if (change === undefined) throw new Error('no such change');
  return change;
}

it.each([
  [{ path: '' }, 'path'],
  [{ path: 5 }, 'path'],
  [{ nowMs: 0 }, 'nowMs'],
  [{ retryAfterMs: -5 }, 'retryAfterMs'],
  [{ retryAfterMs: Number.NaN }, 'retryAfterMs'],
  [{ maxBytes: 0 }, 'maxBytes'],
  [{ maxBytes: 'x' }, 'maxBytes'],
  [{ faulted: true }, 'faulted'],
  [{ maxByte: 1 }, 'maxByte'],
])('a spool with the options %o is refused with the name of the wrong option', (wrong, name) => {
  const options = { path: 'never-made', nowMs: Date.now, ...wrong } as never;
  expect(() => spooling(memory(), options)).toThrow(expect.objectContaining({ path: `spooling.${name}` }));
});

describe('while the store fails', () => {
  it('a commit resolves once it is on the local disk, and the spool is replayed in order when the store is back', async () => {
    const { spool, line, inner, clock, path, faults } = setUp();
    line.cut = true;
    const one = anIntent('a');
    for (const change of changesOf(one)) expect(await commit(spool, change)).toBe('committed');
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(3);
    expect(faults).toHaveLength(1);
    line.cut = false;
    clock.nowMs += 1000;
    expect(await commit(spool, step(anIntent('b'), 0))).toBe('committed');
    expect(await spool.drain()).toBe(0);
    expect(await inner.load('a')).toEqual(one.records);
    expect(await inner.load('b')).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toBe('');
    await spool.close();
    expect(readdirSync(directory).filter(name => join(directory, name).startsWith(path))).toEqual([
      `${basename(path)}.owner`,
    ]);
  });

  it('after a failure the store is not called again for retryAfterMs', async () => {
    const { spool, line, clock } = setUp({ retryAfterMs: 500 });
    line.cut = true;
    for (const change of changesOf(anIntent('a'))) await commit(spool, change);
    await expect(spool.load('unknown')).rejects.toThrow('connection refused');
    expect(line.calls).toBe(1);
    clock.nowMs += 500;
    await commit(spool, step(anIntent('b'), 0));
    // The replay reads the first intent, and that answer ends it.
    await expect.poll(() => line.calls).toBe(2);
    await commit(spool, step(anIntent('c'), 0));
    expect(line.calls).toBe(2);
  });

  it('each try sends the store one change first, however many wait, and more only once the store takes it', async () => {
    const { inner, path } = setUp();
    const sent: number[] = [];
    const disk = { isFull: true };
    const full: Store = {
      ...inner,
      commitAll: async changes => {
        sent.push(changes.length);
        return disk.isFull ? Promise.reject(new Error('disk full')) : inner.commitAll(changes);
      },
    };
    const spool = spooling(full, { path, nowMs: () => NOON, retryAfterMs: 1_000 });
    for (let index = 0; index < 700; index++) await commit(spool, step(anIntent(`i-${index}`), 0));
    for (let tries = 0; tries < 3; tries++) expect(await spool.drain()).toBe(700);
    disk.isFull = false;
    expect(await spool.drain()).toBe(0);
    expect(sent).toEqual([1, 1, 1, 1, 1, 8, 64, 500, 127]);
    expect(await inner.intents({ feature: 'support', limit: 1_000 })).toHaveLength(700);
  });

  it('the store is called again when the clock has been set back', async () => {
    const { spool, line, clock } = setUp({ retryAfterMs: 500 });
    line.cut = true;
    await commit(spool, step(anIntent('a'), 0));
    line.cut = false;
    await expect(spool.load('unknown')).rejects.toThrow('connection refused');
    clock.nowMs -= 3_600_000;
    expect(await spool.load('unknown')).toEqual([]);
  });

  it('spooled records are read from the spool, a cursor reports nothing new, and reads that need the store as well reject', async () => {
    const { spool, line } = setUp();
    await commit(spool, step(anIntent('before'), 0));
    const { next } = await spool.cellsSince('support');
    const generation = (await spool.generations(['support'])).get('support');
    line.cut = true;
    await commit(spool, { ...step(anIntent('a'), 0), dueAtMs: 20 });
    await commit(spool, { ...step(anIntent('a'), 1), dueAtMs: 30 });
    expect(await spool.load('a')).toEqual(anIntent('a').records.slice(0, 2));
    expect(await spool.cellsSince('support', next)).toMatchObject({ cells: [], complete: false, next });
    expect(await spool.claimDue(29, 10, 0)).toEqual([]);
    expect(await spool.claimDue(30, 10, 0)).toEqual(['a']);
    expect((await spool.generations(['support'])).get('support')).not.toBe(generation);
    expect(await spool.maintain()).toEqual({ more: false });
    await expect(spool.load('before')).rejects.toThrow('connection refused');
    await expect(spool.cells('support')).rejects.toThrow('connection refused');
    await expect(spool.cellsSince('support')).rejects.toThrow('connection refused');
    await expect(spool.consistently(async view => view.features())).rejects.toThrow('connection refused');
    await expect(spool.prune(NOON)).rejects.toThrow('connection refused');
    await expect(spool.scan()[Symbol.asyncIterator]().next()).rejects.toThrow('connection refused');
    await expect(spool.scanPages()[Symbol.asyncIterator]().next()).rejects.toThrow('connection refused');
  });

  it.each([
    ['no due time', null, 10, []],
    ['a later time', 30, 29, []],
    ['a later time', 30, 30, ['a']],
    ['an earlier time', 5, 5, ['a']],
  ] as const)(
    'the due time in the store is replaced by that of a spooled change: %s',
    async (_, dueAtMs, byMs, ids) => {
      const { inner, path } = setUp();
      const refusing = { ...inner, commitAll: async () => Promise.reject(new Error('disk full')) };
      const spool = spooling(refusing, { path, nowMs: () => NOON, retryAfterMs: 0 });
      await commit(inner, { ...step(anIntent('a'), 0), dueAtMs: 10 });
      await commit(spool, { ...step(anIntent('a'), 1), dueAtMs });
      expect(spool.spooled).toBe(1);
      expect(await spool.claimDue(byMs, 9, 0)).toEqual(ids);
    },
  );

  it('a change that is spooled already is known, and one computed from an outdated revision conflicts', async () => {
    const { spool, line } = setUp();
    line.cut = true;
    const one = anIntent('a');
    await commit(spool, step(one, 0));
    await commit(spool, step(one, 1));
    expect(await commit(spool, step(one, 1))).toBe('known');
    const late = attempted(NOON + 9, { requestId: 'late' });
    expect(await commit(spool, step(history('a', 'support', [decided(NOON), late]), 1))).toBe('conflict');
    expect(spool.spooled).toBe(2);
  });

  it('each change of a group has its own answer, and changes after one that is not taken conflict', async () => {
    const { spool, line, inner } = setUp();
    line.cut = true;
    const [first, second, third] = changesOf(anIntent('a')) as [Change, Change, Change];
    const refused = { ...second, dueAtMs: Number.NaN };
    const other = step(anIntent('b'), 0);
    const answers = await spool.commitAll([first, refused, second, other, first]);
    expect(answers.map(({ kind }) => kind)).toEqual(['committed', 'refused', 'conflict', 'committed', 'conflict']);
    expect((await spool.commitAll([first, second, third])).map(({ kind }) => kind)).toEqual([
      'known',
      'committed',
      'committed',
    ]);
    line.cut = false;
    expect(await spool.drain()).toBe(0);
    expect([(await inner.load('a')).length, (await inner.load('b')).length]).toEqual([3, 1]);
  });

  it('a commit rejects while the spool is full, and the changes in it are kept', async () => {
    const { spool, line, inner } = setUp({ maxBytes: 1000 });
    line.cut = true;
    const results = await Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map(id => commit(spool, step(anIntent(id), 0))));
    const full = results.filter(result => result.status === 'rejected');
    expect(full.length).toBeGreaterThan(0);
    for (const { reason } of full) expect(RouterError.isInstance(reason) && reason.code).toBe('store-unusable');
    line.cut = false;
    await spool.drain();
    const stored = new Set<string>();
    for await (const { intentId } of inner.scan()) stored.add(intentId);
    expect(stored.size).toBe(5 - full.length);
    expect(await commit(spool, step(anIntent('f'), 0))).toBe('committed');
  });

  it('a change that does not continue its intent is rejected and not spooled', async () => {
    const { spool } = setUp();
    const change = { ...step(anIntent('a'), 0), expectedRevision: 5 };
    expect(await spool.commitAll([change])).toMatchObject([{ kind: 'refused', error: { code: 'invalid-value' } }]);
    expect(spool.spooled).toBe(0);
  });

  it('if the store refuses a change, the caller gets its answer, and a spooled change is set aside', async () => {
    const remote = cuttable();
    const error = new RouterError('invalid-value', 'no such name', { path: 'never' });
    const picky: Store = {
      ...remote.store,
      commitAll: oneByOne(async change =>
        change.intentId === 'never' && remote.line.cut === false
          ? { kind: 'refused', error }
          : commitOne(remote.store, change),
      ),
    };
    const path = newPath();
    const faults: unknown[] = [];
    const spool = spooling(picky, { path, nowMs: () => NOON, faulted: fault => void faults.push(fault) });
    expect(await spool.commitAll([step(anIntent('never'), 0)])).toEqual([{ kind: 'refused', error }]);
    expect(spool.spooled).toBe(0);
    remote.line.cut = true;
    await commit(spool, step(anIntent('first'), 0));
    await commit(spool, step(anIntent('never'), 0));
    remote.line.cut = false;
    expect(await spool.drain()).toBe(0);
    expect(await remote.inner.load('first')).toHaveLength(1);
    expect(readFileSync(`${path}.aside`, 'utf8')).toContain('"never"');
    expect(faults.at(-1)).toMatchObject({ code: 'invalid-data', path: 'never' });
  });

  it('a change with an invalid due time is rejected and not spooled while the store is down', async () => {
    const { spool, line } = setUp();
    line.cut = true;
    const change = step(anIntent('a'), 0);
    const wrong = { ...change, dueAtMs: Number.NaN };
    expect(await spool.commitAll([wrong])).toMatchObject([{ kind: 'refused', error: { code: 'invalid-value' } }]);
    expect(spool.spooled).toBe(0);
  });

  it('a change that fails with any other RouterError is spooled', async () => {
    const { store, path } = setUp();
    const error = new RouterError('store-unusable', 'has not answered');
    const spool = spooling({ ...store, commitAll: async () => Promise.reject(error) }, { path, nowMs: () => NOON });
    expect(await commit(spool, step(anIntent('a'), 0))).toBe('committed');
    expect(spool.spooled).toBe(1);
  });

  it('`claimDue` limits the intents of store and spool together, and lists those of the store first', async () => {
    const { inner, path } = setUp();
    const refusing = { ...inner, commitAll: async () => Promise.reject(new Error('disk full')) };
    const spool = spooling(refusing, { path, nowMs: () => NOON, retryAfterMs: 0 });
    await commit(inner, { ...step(anIntent('stored'), 0), dueAtMs: 10 });
    await commit(spool, { ...step(anIntent('spooled'), 0), dueAtMs: 5 });
    expect(await spool.claimDue(10, 1, 0)).toEqual(['stored']);
    expect(await spool.claimDue(10, 2, 0)).toEqual(['stored', 'spooled']);
  });

  it('a read that fails is reported, and the store is not called again for retryAfterMs', async () => {
    const { spool, line, faults, clock } = setUp({ retryAfterMs: 500 });
    line.cut = true;
    for (let read = 0; read < 2; read++) await expect(spool.load('a')).rejects.toThrow('connection refused');
    expect(faults).toHaveLength(1);
    expect(line.calls).toBe(1);
    line.cut = false;
    clock.nowMs += 500;
    expect(await spool.load('a')).toEqual([]);
  });

  it('while the store answers reads and refuses commits, a cursor gets later changes once the spooled changes are stored', async () => {
    const { inner, path } = setUp();
    const disk = { isFull: true };
    const full: Store = {
      ...inner,
      commitAll: async changes => (disk.isFull ? Promise.reject(new Error('disk full')) : inner.commitAll(changes)),
    };
    const spool = spooling(full, { path, nowMs: () => NOON, retryAfterMs: 0 });
    const { next } = await spool.cellsSince('support');
    for (const change of changesOf(anIntent('b'))) await commit(spool, change);
    await commit(inner, step(anIntent('a'), 0));
    expect((await spool.cellsSince('support', next)).cells).toEqual([]);
    await expect(spool.cells('support')).rejects.toThrow('disk full');
    disk.isFull = false;
    await spool.drain();
    expect((await spool.cellsSince('support', next)).cells).toEqual(await inner.cells('support'));
  });

  it('a read that the store rejects as invalid is rejected, and does not mark the store as down', async () => {
    const { store, inner, path } = setUp();
    const refusal = new RouterError('invalid-value', 'no such name');
    const faults: unknown[] = [];
    const picky: Store = { ...store, load: async id => (id === 'bad' ? Promise.reject(refusal) : inner.load(id)) };
    const spool = spooling(picky, { path, nowMs: () => NOON, faulted: error => void faults.push(error) });
    await expect(spool.load('bad')).rejects.toBe(refusal);
    expect(await spool.load('good')).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('an intent that began in the store is read only after its spooled changes are replayed', async () => {
    const { spool, line, clock, inner } = setUp();
    const one = anIntent('a');
    await commit(spool, step(one, 0));
    line.cut = true;
    await commit(spool, step(one, 1));
    await expect(spool.load('a')).rejects.toThrow('connection refused');
    line.cut = false;
    clock.nowMs += 1000;
    expect(await spool.load('a')).toEqual(one.records.slice(0, 2));
    expect(await inner.load('a')).toHaveLength(2);
  });

  it('without a usable spool path the store works unchanged, and the fault is reported once', async () => {
    const nowhere = join(directory, 'no', 'such', 'directory');
    const { spool, line, faults } = setUp({ path: nowhere });
    expect(await commit(spool, step(anIntent('a'), 0))).toBe('committed');
    expect(faults).toMatchObject([
      { code: 'store-unusable', path: nowhere, message: expect.stringContaining('cannot be spooled') as string },
    ]);
    expect(await spool.drain()).toBe(0);
    line.cut = true;
    await expect(commit(spool, step(anIntent('b'), 0))).rejects.toThrow('connection refused');
    await spool.close();
  });
});

describe('while neither store nor disk takes a change', () => {
  /** Every write to the spool fails from now on. */
  function fillDisk(): void {
    vi.spyOn(fs, 'appendFile').mockImplementation((...args: unknown[]) =>
      (args.at(-1) as (error: Error) => void)(new Error('ENOSPC')),
    );
    syncBuiltinESMExports();
  }

  afterEach(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });

  it('the commit rejects, leaves nothing behind, and the same change is taken when there is space again', async () => {
    const { spool, line, inner } = setUp();
    await commit(spool, step(anIntent('before'), 0));
    line.cut = true;
    fillDisk();
    const [first, second] = [step(anIntent('a'), 0), step(anIntent('a'), 1)];
    await expect(commit(spool, first)).rejects.toMatchObject({ code: 'store-unusable' });
    expect(spool.spooled).toBe(0);
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    expect([await commit(spool, first), await commit(spool, second)]).toEqual(['committed', 'committed']);
    line.cut = false;
    expect(await spool.drain()).toBe(0);
    expect(await inner.load('a')).toEqual(anIntent('a').records.slice(0, 2));
    expect(await rebuildCells(inner, 'support')).toMatchObject({ corrected: 0 });
  });

  it('a full spool is replayed before a commit is refused, because the store may be back', async () => {
    const { spool, line, inner, clock } = setUp({ maxBytes: 1000 });
    line.cut = true;
    await commit(spool, step(anIntent('a'), 0));
    clock.nowMs += 1000;
    line.cut = false;
    const ids = ['b', 'c', 'd', 'e'];
    expect(await Promise.all(ids.map(id => commit(spool, step(anIntent(id), 0))))).toEqual([
      'committed',
      'committed',
      'committed',
      'committed',
    ]);
    for (const id of ['a', ...ids]) expect(await inner.load(id)).toHaveLength(1);
    await spool.close();
  });

  it('a change that cannot be set aside stays in the spool, and the replay ends without an error', async () => {
    const { spool, line, faults, path } = setUp();
    line.cut = true;
    await commit(spool, step(anIntent('headless'), 1));
    line.cut = false;
    mkdirSync(`${path}.aside`);
    expect(await spool.drain()).toBe(1);
    expect(String(faults.at(-1))).toContain('EISDIR');
    rmdirSync(`${path}.aside`);
    expect(await spool.drain()).toBe(0);
    expect(faults.at(-1)).toMatchObject({ code: 'invalid-data', path: 'headless' });
  });

  it('a spool that cannot be opened is tried again, and takes changes once its directory exists', async () => {
    const nowhere = join(directory, `late-${files++}`);
    const { spool, line, faults } = setUp({ path: join(nowhere, 'spool') });
    line.cut = true;
    await expect(commit(spool, step(anIntent('a'), 0))).rejects.toThrow('connection refused');
    mkdirSync(nowhere);
    expect(await commit(spool, step(anIntent('a'), 0))).toBe('committed');
    expect(spool.spooled).toBe(1);
    expect(faults).toHaveLength(2);
    await spool.close();
  });
});

describe('when the store is back', () => {
  it('a change whose acknowledgement was lost is counted once', async () => {
    const { spool, line, inner } = setUp();
    line.cut = 'answers';
    for (const change of changesOf(anIntent('a'))) await commit(spool, change);
    line.cut = false;
    expect(await spool.drain()).toBe(0);
    expect(await inner.load('a')).toEqual(anIntent('a').records);
    expect(await rebuildCells(inner, 'support')).toMatchObject({ intents: 1, corrected: 0 });
  });

  it('every spooled change and the replay change the generation of its feature', async () => {
    const { spool, line } = setUp();
    const generations = async (): Promise<readonly unknown[]> => [
      ...(await spool.generations(['support', 'other'])).values(),
    ];
    const seen = [await generations()];
    line.cut = true;
    for (const revision of [0, 1]) {
      await commit(spool, step(anIntent('a'), revision));
      seen.push(await generations());
    }
    line.cut = false;
    await spool.drain();
    seen.push(await generations());
    expect(new Set(seen.map(([support]) => support)).size).toBe(4);
    expect(await generations()).toEqual(seen.at(-1));
    expect(await rebuildCells(spool, 'support')).toMatchObject({ intents: 1, corrected: 0 });
  });

  it('after the spool is replayed, calls go to the store again at once', async () => {
    const { spool, line } = setUp();
    line.cut = true;
    await commit(spool, step(anIntent('a'), 0));
    line.cut = false;
    await spool.drain();
    expect(await spool.load('unknown')).toEqual([]);
    expect(await commit(spool, step(anIntent('b'), 0))).toBe('committed');
    expect(spool.spooled).toBe(0);
  });

  it('cells come from the store while nothing is spooled, so that other processes’ commits are in them', async () => {
    const { spool, inner } = setUp();
    expect(await spool.cells('support')).toEqual([]);
    for (const change of changesOf(anIntent('other'))) await commit(inner, change);
    expect(await spool.cells('support')).toEqual(await inner.cells('support'));
  });

  it('cells of a feature that was never read are read after the spool is replayed', async () => {
    const { spool, line, clock, inner } = setUp();
    line.cut = true;
    for (const change of changesOf(anIntent('a'))) await commit(spool, change);
    line.cut = false;
    clock.nowMs += 1000;
    expect(await spool.cells('support')).toEqual(await inner.cells('support'));
    expect(spool.spooled).toBe(0);
  });

  it('after the spool is closed, commits go directly to the store, and reject if it fails', async () => {
    const { spool, line, inner, path } = setUp();
    await spool.close();
    expect(await commit(spool, step(anIntent('a'), 0))).toBe('committed');
    expect(await inner.load('a')).toHaveLength(1);
    line.cut = true;
    await expect(commit(spool, step(anIntent('b'), 0))).rejects.toThrow('connection refused');
    expect(existsSync(path)).toBe(false);
  });

  it('closing replays the spool into the store and closes it', async () => {
    const { store, line, inner, path } = setUp();
    const closed: number[] = [];
    const counting: Store = { ...store, close: async () => void closed.push((await inner.load('a')).length) };
    const spool = spooling(counting, { path, nowMs: () => NOON });
    line.cut = true;
    await commit(spool, step(anIntent('a'), 0));
    line.cut = false;
    await spool.close();
    expect(closed).toEqual([1]);
    expect(existsSync(path)).toBe(false);
  });

  it('setting a change aside also changes the generation of its feature', async () => {
    const { spool, line } = setUp();
    const generation = async () => (await spool.generations(['support'])).get('support');
    const before = await generation();
    line.cut = true;
    await commit(spool, step(anIntent('headless'), 1));
    line.cut = false;
    expect(await spool.drain()).toBe(0);
    expect(await generation()).not.toBe(before);
  });

  it('a change made during a replay is replayed too, or kept in the file if the store fails again', async () => {
    for (const failsAgain of [false, true]) {
      const { spool, line, inner, path } = setUp();
      line.cut = true;
      await commit(spool, step(anIntent('a'), 0));
      line.cut = false;
      const replay = spool.drain();
      const during = commit(spool, step(anIntent('b'), 0));
      expect(await replay).toBe(0);
      line.cut = failsAgain;
      const after = commit(spool, step(anIntent('c'), 0));
      expect(await Promise.all([during, after])).toEqual(['committed', 'committed']);
      expect(readFileSync(path, 'utf8').includes('"c"')).toBe(failsAgain);
      expect(await inner.load('b')).toHaveLength(1);
      expect(spool.spooled).toBe(failsAgain ? 1 : 0);
      await spool.close();
      expect(existsSync(path)).toBe(failsAgain);
    }
  });

  it('a change without a decision in the ledger is set aside, and the replay continues', async () => {
    const { spool, line, inner, faults, path } = setUp();
    line.cut = true;
    await commit(spool, step(anIntent('headless'), 1));
    await commit(spool, step(anIntent('whole'), 0));
    line.cut = false;
    expect(await spool.drain()).toBe(0);
    expect(await inner.load('whole')).toHaveLength(1);
    expect(faults.at(-1)).toMatchObject({ code: 'invalid-data', path: 'headless' });
    expect(JSON.parse(readFileSync(`${path}.aside`, 'utf8'))).toMatchObject([
      { intentId: 'headless', kind: 'attempted' },
    ]);
  });

  it('a line of another program at the head of the queue is set aside with one fault, and all others are replayed', async () => {
    const { make, inner, faults, path } = setUp();
    const foreign = JSON.stringify({ intentId: 'q' });
    const both = history('b', 'support', [decided(NOON), attempted(NOON + 1)]).records;
    const broken = JSON.stringify({ ...step(anIntent('b'), 0), records: both }).replace(
      /"costNanoUsd":\d+/,
      '"costNanoUsd":0.5',
    );
    const whole = encodeLine(step(anIntent('a'), 0));
    const sealed = [foreign, broken].map(json => `${crc32(json).toString(16)} ${json}\n`);
    writeFileSync(path, sealed.join('') + whole);
    const spool = make();
    for (const change of changesOf(anIntent('c'))) expect(await commit(spool, change)).toBe('committed');
    expect(await spool.drain()).toBe(0);
    expect([(await inner.load('a')).length, (await inner.load('c')).length]).toEqual([1, 3]);
    expect(faults.map(fault => RouterError.isInstance(fault) && fault.code)).toEqual(['invalid-data', 'invalid-data']);
    expect(String(faults[0])).toContain('line 1: it is not a change of an intent');
    expect(faults[1]).toMatchObject({ path: 'b', message: expect.stringContaining('cannot be applied') as string });
    await spool.close();
  });

  it('law: after any outages the ledger and the statistics equal those of a store that never failed', async () => {
    const states = fc.array(fc.constantFrom(true, false, 'answers' as const), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(histories(['support']), states, async (list, cuts) => {
        const { spool, line, inner, clock } = setUp({ retryAfterMs: 1 });
        const steady = memory();
        const steps = list.flatMap(one => changesOf(one));
        for (const [index, change] of steps.entries()) {
          line.cut = cuts[index % cuts.length] ?? false;
          clock.nowMs++;
          expect(await commit(spool, change)).toBe('committed');
          await commit(steady, change);
        }
        line.cut = false;
        expect(await spool.drain()).toBe(0);
        for (const { intentId } of list) expect(await inner.load(intentId)).toEqual(await steady.load(intentId));
        expect(await byKey(inner)).toEqual(await byKey(steady));
        await spool.close();
      }),
      { numRuns: 30 },
    );
  });
});

describe('over a restart', () => {
  it('a restarted process finds the spooled changes and replays them', async () => {
    const { spool, line, inner, make, path } = setUp();
    line.cut = true;
    for (const change of changesOf(anIntent('a'))) await commit(spool, change);
    await spool.close();
    expect(existsSync(path)).toBe(true);
    const next = make();
    expect(await next.load('a')).toEqual(anIntent('a').records);
    line.cut = false;
    expect(await next.drain()).toBe(0);
    expect(await inner.load('a')).toHaveLength(3);
    await next.close();
    expect(existsSync(path)).toBe(false);
  });
});

async function byKey(store: Store): Promise<unknown> {
  const cells = await store.cells('support');
  return Object.fromEntries(cells.map(({ key, sums }) => [cellKeyString(key), sums]));
}

describe('an answer at once', () => {
  it('a change is answered at once where the store does so, once the spool is open and while nothing is spooled', async () => {
    const { store, inner, line, clock, path } = setUp();
    const commitNow = vi.fn<CommitNow>(changes => {
      if (line.cut === true) throw new Error('connection refused');
      return changes.map(() => ({ kind: 'committed' }));
    });
    const commitAll = Object.assign(async (changes: readonly Change[]) => store.commitAll(changes), { now: commitNow });
    const faults: unknown[] = [];
    const faulted = (error: unknown): void => void faults.push(error);
    const spool = spooling({ ...store, commitAll }, { path, nowMs: () => clock.nowMs, faulted });
    const change = step(anIntent('a'), 0);
    expect(spool.commitAll.now?.([change])).toBeUndefined();
    expect(await commit(spool, change)).toBe('committed');
    expect(spool.commitAll.now?.([step(anIntent('b'), 0)])).toEqual([{ kind: 'committed' }]);
    line.cut = true;
    expect(spool.commitAll.now?.([step(anIntent('c'), 0)])).toBeUndefined();
    expect(faults).toHaveLength(1);
    expect(await commit(spool, step(anIntent('c'), 0))).toBe('committed');
    expect([spool.spooled, await inner.load('c')]).toEqual([1, []]);
    line.cut = false;
    clock.nowMs += 60_000;
    commitNow.mockClear();
    expect(spool.commitAll.now?.([step(anIntent('d'), 0)])).toBeUndefined();
    expect(commitNow).not.toHaveBeenCalled();
    expect(await spool.drain()).toBe(0);
    expect(spool.commitAll.now?.([step(anIntent('d'), 0)])).toHaveLength(1);
    await spool.close();
  });
});
