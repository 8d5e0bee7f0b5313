import { expect, test } from 'vitest';
import {
  currentQuality,
  isServedByOther,
  ownFirst,
  servedParts,
  versionServedBy,
} from '../../../src/core/cells/served-version.ts';
import { isStorable } from '../../../src/core/ledger/names.ts';
import { cellKeyString, parseCellKey } from '../../../src/core/cells/cell.ts';

test('the version of a model that served in place of another one names both', () => {
  const version = versionServedBy('gpt-5-mini@1f0c+v2', 'gpt-5-pro');
  expect(version).toBe('served by gpt-5-pro for gpt-5-mini@1f0c+v2');
  expect(isServedByOther(version)).toBe(true);
  expect(servedParts(version)).toEqual({ asked: 'gpt-5-mini@1f0c+v2', servedBy: 'gpt-5-pro' });
});

test('a model’s own version is not mistaken for another model’s, whatever its prompt’s version says', () => {
  for (const version of ['', 'gpt-5-mini@1f0c', 'gpt-5-mini@1f0c+dishes served by cooks for guests']) {
    expect(isServedByOther(version)).toBe(false);
    expect(servedParts(version)).toBeUndefined();
  }
});

test('a model’s own versions are sorted before those that served in its place', () => {
  const versions = [versionServedBy('a@1', 'b'), 'c@1', versionServedBy('a@1', 'd'), 'a@1'].map(version => ({
    version,
  }));
  expect(versions.sort(ownFirst).map(({ version }) => version)).toEqual([
    'c@1',
    'a@1',
    'served by b for a@1',
    'served by d for a@1',
  ]);
});

test('a model name that a provider makes up fits into the key of a cell, whatever its characters and length', () => {
  const version = versionServedBy('a@1\n+x for y', `a for\tb\n${'c'.repeat(1_000)}`);
  expect(servedParts(version)).toMatchObject({ asked: 'a@1\n+x for y' });
  expect(version.length).toBeLessThan(200);
  for (const name of ['\0', '\ud800', `a${'😀'.repeat(100)}`])
    expect(isStorable(versionServedBy('a', name), 200)).toBe(true);
  const key = { scope: 'node', feature: 'f', segment: '', subject: 'mini', version, bucket: 7 } as const;
  expect(parseCellKey(cellKeyString(key))).toEqual(key);
});

test('the current quality is the requested one; without evidence on it, that of the model that serves in its place, or the model’s latest', () => {
  const served = versionServedBy('mini', 'pro');
  expect(currentQuality('mini', ['mini', served])).toBe('mini');
  expect(currentQuality('mini', ['old', served])).toBe(served);
  expect(currentQuality('mini', ['old'])).toBe('mini');
  expect(currentQuality(undefined, ['old', 'mini', served])).toBe('mini');
  expect(currentQuality(undefined, [served])).toBe(served);
  expect(currentQuality(undefined, [])).toBe('');
});
