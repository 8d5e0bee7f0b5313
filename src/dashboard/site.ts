/** The files of the built page, read once. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCHEMES } from '../exports/html/report-style.ts';
import { RouterError } from '../errors.ts';

export interface SiteFile {
  readonly type: string;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The page is in a folder beside that of this file in the package, or in `dist` when this file runs from `src`. */
const FOLDERS = ['../dashboard/site/', '../../dist/dashboard/site/'].map(folder =>
  fileURLToPath(new URL(folder, import.meta.url)),
);

/**
 * Every file of the page by its path, and the page itself at `/`.
 *
 * @throws RouterError `invalid-data` if the page was not built
 */
export function readSite(
  folder = FOLDERS.find(each => existsSync(join(each, 'index.html'))),
): ReadonlyMap<string, SiteFile> {
  if (folder === undefined || !existsSync(join(folder, 'index.html'))) {
    throw new RouterError('invalid-data', 'the dashboard’s page is not built', {
      accepted: '`npm run build` first',
    });
  }
  const files = globSync('**/*.*', { cwd: folder }).map((name): [string, SiteFile] => [
    `/${name.replaceAll('\\', '/')}`,
    { type: TYPES[extname(name)] ?? 'application/octet-stream', body: readFileSync(join(folder, name)) },
  ]);
  const site = new Map(files);
  const index = site.get('/index.html');
  if (index !== undefined) site.set('/', index);
  // The report's colors, which the page shares.
  site.set('/scheme.css', { type: TYPES['.css'] ?? '', body: Buffer.from(SCHEMES) });
  return site;
}
