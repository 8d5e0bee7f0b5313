/**
 * Compiles the examples of the documentation: every `ts` block in the doc comments of src and in the project's Markdown, and
 * the code that the README's diff ends with, each as a module of its own. A block may use, without importing them, the exports of the file it documents, the
 * package's own and the names of tools/example-context.ts.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Example } from './doc-examples.ts';
import { blocksOf, importsFor } from './doc-examples.ts';
import { capture } from './run.ts';
import { filesMatching, ROOT, readSource } from './sources.ts';

const CONTEXT = 'tools/example-context.ts';

function examplesInSource(file: string, text: string): readonly Example[] {
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(({ 0: comment, index }) => {
    const firstLine = text.slice(0, index).split('\n').length;
    const examples = blocksOf(file, comment, firstLine, /^\s*\* ?/);
    const promised = comment.match(/@example/g)?.length ?? 0;
    if (promised > examples.length)
      throw new Error(`${file}:${firstLine}: an @example without a \`\`\`ts block cannot be checked`);
    return examples;
  });
}

/** The source file of every subpath of the package: `outcome-router/stores/sqlite` → `src/stores/sqlite.ts`. */
function sourcePaths(): Readonly<Record<string, readonly string[]>> {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, { readonly default?: string } | string>>;
  };
  return Object.fromEntries(
    Object.entries(manifest.exports).flatMap(([subpath, target]) => {
      const built = typeof target === 'string' ? undefined : target.default;
      if (built === undefined) return [];
      return [
        [manifest.name + subpath.slice(1), [join(ROOT, built.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))]],
      ];
    }),
  );
}

const examples = [
  ...filesMatching('src/**/*.{ts,tsx}').flatMap(file => examplesInSource(file, readSource(file).text)),
  ...filesMatching('*.md', 'llms.txt', 'docs/**/*.md').flatMap(file =>
    blocksOf(file, readFileSync(join(ROOT, file), 'utf8')),
  ),
];

const folder = mkdtempSync(join(tmpdir(), 'outcome-router-examples-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    extends: join(ROOT, 'tsconfig.json'),
    // The added imports name sources by their absolute path, and some import types.
    compilerOptions: { paths: sourcePaths(), rewriteRelativeImportExtensions: false, verbatimModuleSyntax: false },
    include: ['*.ts'],
  }),
);
for (const [index, example] of examples.entries()) {
  const own = example.file.startsWith('src/') ? [example.file] : [];
  const modules = [...own, 'src/index.ts', CONTEXT].filter(file => existsSync(join(ROOT, file)));
  const imports = importsFor(example, new Map(modules.map(file => [join(ROOT, file), readSource(file).exports])));
  writeFileSync(join(folder, `example-${index}.ts`), `${imports} export {};\n${example.code}\n`);
}

const { status, stdout, stderr } = capture('tsc', ['-p', folder, '--pretty', 'false'], { cwd: folder });
const report = (stdout + stderr).replaceAll(
  /^\S*example-(\d+)\.ts\((\d+),(\d+)\)/gm,
  (_, index: string, line: string, column: string) => {
    const example = examples[Number(index)];
    return `${example?.file}:${(example?.line ?? 0) + Number(line) - 2}:${column}`;
  },
);
if (status !== 0) {
  console.error(report);
  console.error('An example in the documentation does not compile.');
  process.exit(1);
}
console.log(`${examples.length} examples of the documentation compile.`);
