import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { MillionResult } from '../../benchmarks/results.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../benchmarks/million.ts', import.meta.url));
const folder = temporaryFolder();

function million(...args: readonly string[]) {
  // The oldest supported Node strips types only when it is asked to.
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  return spawnSync(process.execPath, [...flags, MAIN, '--rows', '1001', ...args], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder },
  });
}

test('the benchmark replays a table of the requested size under every requested policy and leaves no files', () => {
  const { status, stdout } = million('--policy', 'thompson', '--policy', 'random-mix', '--json');
  const result = JSON.parse(stdout) as MillionResult;
  // A busy machine may take longer than the bar allows.
  const isKept = result.policies.every(({ seconds, peakRssMb }) => seconds <= 10 && peakRssMb <= 500);
  expect(status).toBe(isKept ? 0 : 1);
  // The last request has one answer only: 1,001 rows of two models.
  expect(result).toMatchObject({ rows: 1001, intents: 501, bars: { seconds: 10, peakRssMb: 500 } });
  expect(result.policies.map(({ policy }) => policy)).toEqual(['thompson', 'random-mix']);
  for (const { seconds, readSeconds, peakRssMb, ratio } of result.policies) {
    expect(seconds).toBeGreaterThan(readSeconds);
    expect(peakRssMb).toBeGreaterThan(20);
    expect(ratio).toBeGreaterThan(0.9);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('the command fails when a policy exceeds a limit', () => {
  const { status, stdout } = million('--policy', 'random-mix', '--max-mb', '1');
  expect(status).toBe(1);
  expect(stdout).toMatch(/random-mix .* MISS /);
  expect(stdout).toContain('0 of 1 within 10 s and 1 MB');
  expect(readdirSync(folder)).toEqual([]);
});

test('the error for an unknown policy names it and lists the known policies', () => {
  const { status, stderr } = million('--policy', 'guess');
  expect(status).toBe(1);
  expect(stderr).toContain('--policy is guess; there are: thompson, random-mix');
});
