/** The built page: its files, read once. */
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

/** Beside this file in the package, and where the build puts it when this runs from the sources. */
const PLACES = ['./site/', '../../dist/dashboard/site/'].map(place => fileURLToPath(new URL(place, import.meta.url)));

/**
 * Every file of the page by its path.
 *
 * @throws RouterError `store-unusable` where the page was never built
 */
export function readSite(
  folder = PLACES.find(place => existsSync(join(place, 'index.html'))),
): ReadonlyMap<string, SiteFile> {
  if (folder === undefined || !existsSync(join(folder, 'index.html'))) {
    throw new RouterError('invalid-data', 'the page of the dashboard is not built', {
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
  // The colours of the report, so that there is one place for them.
  site.set('/scheme.css', { type: TYPES['.css'] ?? '', body: Buffer.from(SCHEMES) });
  return site;
}
