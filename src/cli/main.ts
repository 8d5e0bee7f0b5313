#!/usr/bin/env node
/**
 * The command line's entry. It imports nothing but the version check before that check has passed: on an older Node
 * the rest would die of a syntax or module error that says nothing useful.
 */
import { readFileSync } from 'node:fs';
import { unsupportedNode } from './io/node-version.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
  readonly engines: { readonly node: string };
};

const problem = unsupportedNode(process.versions.node, manifest.engines.node);
if (problem === undefined) {
  // A reader that stops early (`| head`) is not a failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  const { run } = await import('./program.ts');
  process.exitCode = await run(process.argv.slice(2), manifest.version);
} else {
  console.error(problem);
  process.exitCode = 1;
}
