import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { SpooledChange } from '../../src/stores/replay-change.ts';
import { openSpoolFile } from '../../src/stores/spool-file.ts';
import { decided, evidence, history, NOON } from './histories.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
let files = 0;

afterAll(() => rmSync(directory, { recursive: true }));

function setUp() {
  const path = join(directory, `spool-${files++}`);
  const faults: unknown[] = [];
  const open = (maxBytes = 1_000_000) => openSpoolFile(path, { maxBytes, faulted: error => void faults.push(error) });
  return { path, faults, open };
}

function opening(intentId: string): SpooledChange {
  const { records } = history(intentId, 'support', [decided(NOON)]);
  return { intentId, feature: 'support', expectedRevision: 0, records, dueAtMs: null };
}

function idsOf(changes: readonly SpooledChange[]): readonly string[] {
  return changes.map(({ intentId }) => intentId);
}

describe('the spool file', () => {
  it('gives back, after a restart, what was appended and not cleared', async () => {
    const { open } = setUp();
    const first = await open();
    await first.append(opening('gone'));
    first.clear(() => true);
    await Promise.all(['a', 'b'].map(id => first.append(opening(id))));
    await first.close();
    const second = await open();
    expect(second.found).toEqual([opening('a'), opening('b')]);
    await second.close();
  });

  it('reads the first evidence that version 1 spooled as `settled` as `labelled`', async () => {
    const { open, path } = setUp();
    const said = { source: 'explicit', success: true } as const;
    const { records } = history('a', 'support', [decided(NOON), evidence(NOON + 1, said)]);
    const change = { ...opening('a'), records };
    const json = JSON.stringify(change).replace('"kind":"labelled"', '"kind":"settled"');
    writeFileSync(path, `${crc32(json).toString(16)} ${json}\n`);
    const file = await open();
    expect(file.found).toEqual([change]);
    await file.close();
  });

  it('leaves no file behind when there is nothing in it', async () => {
    const { open, path } = setUp();
    const file = await open();
    await file.append(opening('a'));
    file.clear(() => true);
    await file.close();
    expect([existsSync(path), existsSync(`${path}.lock`)]).toEqual([false, false]);
  });

  it('does not clear away what is being written, unless that is done with too', async () => {
    for (const isEmpty of [false, true]) {
      const { open } = setUp();
      const file = await open();
      const writing = file.append(opening('a'));
      file.clear(() => isEmpty);
      await writing;
      await file.close();
      const next = await open();
      expect(idsOf(next.found)).toEqual(isEmpty ? [] : ['a']);
      await next.close();
    }
  });

  it('refuses at once what would make it too large', async () => {
    const { open } = setUp();
    const file = await open(500);
    const first = file.append(opening('a'));
    expect(() => file.append(opening('b'))).toThrow(expect.objectContaining({ code: 'store-unusable' }));
    await first;
    file.clear(() => true);
    await file.append(opening('c'));
    await file.close();
  });

  it('keeps damaged and torn lines aside, says so once, and gives the others', async () => {
    const { open, path, faults } = setUp();
    const first = await open();
    for (const id of ['a', 'b', 'c']) await first.append(opening(id));
    await first.close();
    const lines = readFileSync(path, 'utf8').split('\n');
    const damaged = lines[1]?.replace('"propensity":0.5', '"propensity":0.9') ?? '';
    expect(damaged).not.toBe(lines[1]);
    const torn = lines[0]?.slice(0, 40) ?? '';
    writeFileSync(path, [lines[0], damaged, lines[2], ''].join('\n'));
    appendFileSync(path, torn);
    for (let restart = 0; restart < 2; restart++) {
      const next = await open();
      expect(idsOf(next.found)).toEqual(['a', 'c']);
      await next.close();
    }
    expect(readFileSync(`${path}.aside`, 'utf8')).toBe(`${damaged}\n${torn}\n`);
    expect(faults).toMatchObject([{ code: 'invalid-data', path }]);
  });

  it('gives every user of a path a file of its own, and takes over what gone ones left', async () => {
    const { open, path } = setUp();
    const [first, second] = [await open(), await open()];
    await first.append(opening('a'));
    await second.append(opening('b'));
    expect(existsSync(`${path}.1`)).toBe(true);
    await Promise.all([first.close(), second.close()]);
    const next = await open();
    expect(idsOf(next.found)).toEqual(['a', 'b']);
    expect(existsSync(`${path}.1`)).toBe(false);
    await next.close();
    const last = await open();
    expect(idsOf(last.found)).toEqual(['a', 'b']);
    await last.close();
  });

  it('claims the file of a process that is gone, not that of one that lives', async () => {
    const { open, path } = setUp();
    writeFileSync(`${path}.lock`, String(process.ppid));
    const beside = await open();
    await beside.append(opening('a'));
    expect([existsSync(path), existsSync(`${path}.1`)]).toEqual([false, true]);
    await beside.close();
    writeFileSync(`${path}.lock`, '999999999');
    const next = await open();
    expect(idsOf(next.found)).toEqual(['a']);
    expect([existsSync(path), existsSync(`${path}.1`)]).toEqual([true, false]);
    await next.close();
  });
});
