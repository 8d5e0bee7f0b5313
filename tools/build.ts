/** `npm run build`: dist/ from src/. */
import { chmodSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.ts';
import { run } from './run.ts';
import { ROOT } from './sources.ts';

const DIST = join(ROOT, 'dist');

rmSync(DIST, { recursive: true, force: true });
run('tsc', ['-p', 'tsconfig.build.json']);
await bundle(DIST);
chmodSync(join(DIST, 'cli', 'main.js'), 0o755);

// The dashboard's page: compiled for browsers, bundled with what it needs.
run('tsc', ['-p', 'src/dashboard/page']);
run('vite', ['build', '--config', 'vite.config.ts']);

// The compiler leaves `./x.ts` in declarations, where only some tools understand it.
for (const file of globSync('**/*.d.ts', { cwd: DIST })) {
  const path = join(DIST, file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/((?:\bfrom |\bimport\()['"]\.[^'"]*)\.tsx?(?=['"])/g, '$1.js'));
}

// An application's compiler reads the declarations to which exports lead; two thirds of all belong to parts that no application
// can import.
const reached = reachedDeclarations();
for (const file of globSync('**/*.d.ts', { cwd: DIST })) if (!reached.has(join(DIST, file))) rmSync(join(DIST, file));

const unwritten = globSync('**/*.d.ts', { cwd: DIST }).filter(file =>
  /\b(?:from |import\(|import )['"]\.[^'"]*\.tsx?['"]/.test(readFileSync(join(DIST, file), 'utf8')),
);
if (unwritten.length > 0) {
  console.error(`Imports of .ts files are left in:\n${unwritten.join('\n')}`);
  process.exit(1);
}

/** The declarations of the entries of `exports`, and all declarations that they name. */
function reachedDeclarations(): ReadonlySet<string> {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, { readonly types: string } | string>>;
  };
  const files = new Set(
    Object.values(exports).flatMap(entry => (typeof entry === 'string' ? [] : [join(ROOT, entry.types)])),
  );
  for (const file of files)
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(
      /\b(?:from |import\(|import )['"](\.[^'"]*)\.js['"]/g,
    ))
      files.add(join(dirname(file), `${path}.d.ts`));
  return files;
}
