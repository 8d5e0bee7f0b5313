/**
 * `npm run check:package`: checks the package that a user would install, before a release. Packs (which builds), then asks
 * publint and attw about the tarball, size-limit about the weight of the core, knip about dead code and undeclared or
 * unused dependencies, and finally installs and uses the tarball.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, run } from './run.ts';
import { smokeTest } from './smoke-package.ts';

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

const folder = mkdtempSync(join(tmpdir(), 'outcome-router-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

run('npm', ['run', '--silent', 'build']);
const [packed] = JSON.parse(
  capture('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]).stdout,
) as readonly Packed[];
if (packed === undefined) throw new Error('npm pack packed nothing');
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;
console.log(
  `${packed.filename}: ${packed.files.length} files, ${kilobytes(packed.size)} packed, ${kilobytes(packed.unpackedSize)} unpacked`,
);
const stray = packed.files
  .map(({ path }) => path)
  .filter(
    path =>
      !/^(dist\/[\w/-]+\.(js|d\.ts|html|css)$|docs\/[\w-]+\.md$|docs\/images\/[\w-]+\.(webp|svg)$|examples\/[\w/-]+\.(ts|md|py)$|package\.json$|(README|CHANGELOG|CONTRIBUTING|SECURITY|llms)\.(md|txt)$|LICENSE$)/.test(
        path,
      ),
  );
if (stray.length > 0) throw new Error(`the package holds files it does not need: ${stray.join(', ')}`);

const tarball = join(folder, packed.filename);
run('publint', ['run', tarball, '--strict']);
run('attw', [tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'table-flipped']);
run('size-limit', []);
run('knip', ['--treat-config-hints-as-errors']);
console.log('The tarball in an empty project:');
smokeTest(tarball, folder);
