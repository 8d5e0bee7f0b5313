/**
 * `npm run check:vendors -- --openai <folder> --anthropic <folder>`: runs the vendors' own tests three times each: raw, through
 * `router.wrap` with the model names that the tests write, and through `router.wrap` with a slot in their place. The folders
 * are clones of openai/openai-node and anthropics/anthropic-sdk-typescript whose dependencies are installed (`npm install
 * --ignore-scripts`). Nothing is sent further than loopback.
 *
 * Exit code 1 when a wrapped or routed test fails that passes raw, and `EXPLAINED` does not say why.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './sources.ts';
import { EXPLAINED } from './vendor-suites/explained.ts';
import type { Mode, VendorName } from './vendor-suites/vendors.ts';

/** Results of one run, by the test's file and full name. */
export type Results = ReadonlyMap<string, 'passed' | 'failed' | 'skipped'>;

/** The parts of vitest's JSON report that are read. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

export interface Comparison {
  readonly tests: number;
  readonly failed: number;
  /** Tests that fail in this mode only. */
  readonly added: readonly string[];
}

/** @param raw results of the same tests without the router */
export function compare(raw: Results, results: Results): Comparison {
  const failed = [...results].filter(([, result]) => result === 'failed').map(([test]) => test);
  // A file that could not be loaded has no results at all.
  const lost = [...raw].filter(([test, result]) => result === 'passed' && !results.has(test)).map(([test]) => test);
  const added = [...failed, ...lost].filter(test => raw.get(test) !== 'failed');
  return { tests: results.size, failed: failed.length, added: added.toSorted() };
}

function resultsOf(folder: string, { testResults }: Report): Results {
  return new Map(
    testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ fullName, status }) => {
        const result = status === 'passed' || status === 'failed' ? status : 'skipped';
        return [`${relative(join(folder, 'tests'), name)}: ${fullName.trim()}`, result] as const;
      }),
    ),
  );
}

function runSuite(vendor: VendorName, mode: Mode, folder: string): Results {
  const scratch = mkdtempSync(join(tmpdir(), 'vendor-suite-'));
  const output = join(scratch, 'results.json');
  const began = performance.now();
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const config = join(ROOT, 'tools', 'vendor-suites', 'vitest.config.ts');
  const { error, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', folder, '--config', config, '--reporter=json', `--outputFile=${output}`],
    {
      // Tests read files by paths relative to this folder.
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      env: { ...process.env, VENDOR: vendor, VENDOR_MODE: mode, VENDOR_FOLDER: folder },
    },
  );
  if (error !== undefined) throw error;
  try {
    return resultsOf(folder, JSON.parse(readFileSync(output, 'utf8')) as Report);
  } catch (reason) {
    throw new Error(`the tests of ${vendor} did not run: ${stderr}`, { cause: reason });
  } finally {
    rmSync(scratch, { recursive: true });
    console.error(`${vendor} ${mode}: ${Math.round((performance.now() - began) / 1000)} s`);
  }
}

function versionOf(folder: string): string {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
  return `${name} ${version}`;
}

/** Runs and prints one vendor's suite; returns the number of failures that nothing explains. */
function check(vendor: VendorName, folder: string): number {
  const raw = runSuite(vendor, 'raw', folder);
  console.log(`\n${versionOf(folder)}\n  raw      ${count(raw.size, 'test')}, ${compare(raw, raw).failed} fail`);
  let unexplained = 0;
  for (const mode of ['wrapped', 'routed'] as const) {
    const { added } = compare(raw, runSuite(vendor, mode, folder));
    console.log(`  ${mode.padEnd(8)} ${count(added.length, 'failure')} that raw does not have`);
    for (const test of added) {
      const reason = EXPLAINED[mode].find(({ test: part }) => test.includes(part))?.reason;
      if (reason === undefined) unexplained += 1;
      console.log(`    - ${test}\n      ${reason ?? 'NOT EXPLAINED'}`);
    }
  }
  return unexplained;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { openai: { type: 'string' }, anthropic: { type: 'string' } } });
  const folders = Object.entries(values) as readonly [VendorName, string][];
  if (folders.length === 0) {
    console.error(
      'npm run check:vendors -- --openai <clone of openai-node> --anthropic <clone of anthropic-sdk-typescript>',
    );
    process.exit(2);
  }
  for (const [vendor, folder] of folders) {
    if (existsSync(join(folder, 'node_modules'))) continue;
    console.error(`--${vendor}: ${folder} is no clone with its dependencies installed (npm install --ignore-scripts)`);
    process.exit(2);
  }
  const unexplained = folders.reduce((sum, [vendor, folder]) => sum + check(vendor, resolve(folder)), 0);
  console.log(`\n${count(unexplained, 'failure')} without an explanation`);
  process.exitCode = unexplained === 0 ? 0 : 1;
}
