#!/usr/bin/env node
/**
 * The entry of the command line. It loads only the version check at first: on a Node that is too old, the rest would fail
 * with a syntax or module error that does not name the cause.
 */
import { readFileSync } from 'node:fs';
import { unsupportedNode } from './io/node-version.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
  readonly engines: { readonly node: string };
};

const problem = unsupportedNode(process.versions.node, manifest.engines.node);
if (problem === undefined) {
  const { describeFailure } = await import('./io/failure.ts');
  const { addressesIn, withoutPasswords } = await import('./io/address.ts');
  const addresses = addressesIn(process.argv);
  // Every user of the machine may read a process's arguments, so an address is removed from them.
  if (addresses.length > 0) process.title = withoutPasswords(process.argv.join(' '), addresses);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A pipe whose reader stops early (`| head`) is not an error.
      if (error.code === 'EPIPE') process.exit(0);
      if (stream === process.stdout) process.stderr.write(`${describeFailure(error)}\n`);
      process.exit(1);
    });
  }
  const { run } = await import('./program.ts');
  process.exitCode = await run(process.argv.slice(2), manifest.version);
} else {
  console.error(problem);
  process.exitCode = 1;
}
