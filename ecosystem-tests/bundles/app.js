/** Bundles the application of this folder with the bundler and for the platform that are named, and runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import webpack from 'webpack';

const [, , baseURL, bundler] = process.argv;
const entry = new URL('main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'outcome-router-bundle-'));

const BUNDLERS = {
  async 'esbuild-esm'(file) {
    await build({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: file,
    });
  },
  async 'esbuild-cjs'(file) {
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'cjs', outfile: file });
  },
  async webpack(file) {
    await new Promise((resolve, reject) => {
      const output = { path: folder, filename: file.slice(folder.length + 1) };
      webpack({ entry, output, target: 'node22', mode: 'none' }, (error, stats) => {
        if (error !== null) reject(error);
        else if (stats.hasErrors() || stats.hasWarnings()) reject(new Error(stats.toString()));
        else resolve();
      });
    });
  },
};
const file = join(folder, bundler === 'esbuild-esm' ? 'bundle.mjs' : 'bundle.cjs');
await BUNDLERS[bundler](file);
const { stdout, stderr, status } = spawnSync(process.execPath, [file, baseURL], { encoding: 'utf8' });
process.stderr.write(stderr);
process.stdout.write(stdout);
process.exitCode = status;
