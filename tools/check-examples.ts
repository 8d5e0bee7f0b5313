/**
 * Compiles the examples of the documentation: every `ts` block in the doc comments of src and in the project's Markdown, each
 * as a module of its own. A block may use, without importing them, the exports of the file it documents, the
 * package's own and the names of tools/example-context.ts.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from './run.ts';
import { filesMatching, ROOT, readSource } from './sources.ts';

interface Example {
  readonly file: string;
  /** Number of the line in the file where the code starts. */
  readonly line: number;
  readonly code: string;
}

const CONTEXT = 'tools/example-context.ts';

/** The `ts` blocks of a text, with the line at which each begins; `prefix` starts every line of a comment. */
function blocksOf(file: string, text: string, firstLine: number, prefix: RegExp): readonly Example[] {
  const examples: Example[] = [];
  let open: { line: number; code: string[] } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(prefix, '');
    if (open === undefined && /^\s*```ts\s*$/.test(line)) open = { line: firstLine + index + 1, code: [] };
    else if (open !== undefined && /^\s*```\s*$/.test(line)) {
      examples.push({ file, line: open.line, code: open.code.join('\n') });
      open = undefined;
    } else open?.code.push(line);
  }
  return examples;
}

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

/** One line of imports for the names a block uses and does not declare. */
function importsFor({ code }: Example, modules: ReadonlyMap<string, readonly string[]>): string {
  const declared = new Set(
    [...code.matchAll(/\b(?:const|let|function|class|interface|import type|import|type)\s+(\{[^}]*\}|\w+)/g)].flatMap(
      ([, names]) => names?.match(/\w+/g) ?? [],
    ),
  );
  const lines: string[] = [];
  for (const [module, names] of modules) {
    const used = names.filter(name => !declared.has(name) && new RegExp(`\\b${name}\\b`).test(code));
    for (const name of used) declared.add(name);
    if (used.length > 0) lines.push(`import { ${used.join(', ')} } from ${JSON.stringify(join(ROOT, module))};`);
  }
  return lines.join(' ');
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
    blocksOf(file, readFileSync(join(ROOT, file), 'utf8'), 1, /^/),
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
  const imports = importsFor(example, new Map(modules.map(file => [file, readSource(file).exports])));
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
