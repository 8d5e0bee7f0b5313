/** The JavaScript of the package: one file for each entry of `exports`, and what entries share in files beside them, each once. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT, readSource } from './sources.ts';

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly default: string } | string>>;
  readonly bin: Readonly<Record<string, string>>;
}

/**
 * Modules that other entries share with the core, without the rest of it: an entry that only counts, or reads a ledger, loads no
 * router.
 */
const BASE = /^src\/(?:core\/|contracts\/|stores\/|(?!index|create-router|router|start-routing)[\w-]+\.ts$)/;

/** Writes the entries and their chunks. Loading two hundred small files took twice as long as loading what is in them. */
export async function bundle(dist: string): Promise<void> {
  const { exports, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const built = [...Object.values(exports), ...Object.values(bin).map(file => ({ default: file }))];
  const names = built.flatMap(target =>
    typeof target === 'string' ? [] : [target.default.replace(/^\.\/dist\/(.*)\.js$/, '$1')],
  );
  const core = loadedWith('src/index.ts');
  /** Loaded when a router is created. */
  const routing = loadedWith('src/start-routing.ts');
  const sourceOf = (id: string): string => id.slice(ROOT.length + 1).replaceAll('\\', '/');
  const build = await rolldown({
    input: Object.fromEntries(names.map(name => [name, join(ROOT, 'src', `${name}.ts`)])),
    // Dependencies stay imports: an application may have them already, and gets their fixes.
    external: /^[^./]/,
    treeshake: { moduleSideEffects: false },
  });
  await build.write({
    dir: dist,
    // No source maps: they were twice the size of the code, whose names and lines are left as they are.
    // The declarations have the comments that are for users.
    comments: { jsdoc: false, annotation: true, legal: true },
    // Without a hash: the files of two builds can be compared.
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [
        { name: 'price-data', test: /\/src\/prices\/(?:book-data\.ts|overlay-data\/)/ },
        { name: 'base', test: id => core.has(sourceOf(id)) && BASE.test(sourceOf(id)) },
        { name: 'core', test: id => core.has(sourceOf(id)) },
        { name: 'learning', test: id => routing.has(sourceOf(id)) && BASE.test(sourceOf(id)) },
        { name: 'routing', test: id => routing.has(sourceOf(id)) },
      ],
    },
  });
  await build.close();
}

/** The files that an import of this one loads, without those that it imports only when it needs them. */
function loadedWith(entry: string): ReadonlySet<string> {
  const files = new Set([entry]);
  for (const file of files)
    for (const { file: imported, typeOnly, dynamic } of readSource(file).imports)
      if (imported !== undefined && !typeOnly && !dynamic) files.add(imported);
  return files;
}
