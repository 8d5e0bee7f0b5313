/** Pages of the documentation that come with the package: `outcome-router help ledger-schema` prints one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { RouterError } from '../../errors.ts';

const ENDING = '.md';

/** Relative to the package's manifest: in a build, this file has another depth than in the source. */
function folder(): URL {
  let at = new URL('./', import.meta.url);
  while (!existsSync(new URL('package.json', at)) && at.pathname !== '/') at = new URL('../', at);
  return new URL('docs/', at);
}

/** The argument of `help` for each page: the page's name, with its file extension if a command has the same name. */
export function docsPages(commands: ReadonlySet<string>): readonly string[] {
  return pageNames().map(name => (commands.has(name) ? `${name}${ENDING}` : name));
}

/** The text of a page, Markdown. @throws RouterError `invalid-name` for a name that is neither a page's nor a command's */
export function docsPage(given: string, commands: ReadonlySet<string>): string {
  const name = given.endsWith(ENDING) ? given.slice(0, -ENDING.length) : given;
  if (pageNames().includes(name)) return readFileSync(new URL(`${name}${ENDING}`, folder()), 'utf8');
  throw new RouterError('invalid-name', `there is no command and no page "${given}"`, {
    path: 'help',
    accepted: [...commands, ...docsPages(commands)],
    given,
  });
}

function pageNames(): readonly string[] {
  const names = readdirSync(folder()).filter(name => name.endsWith(ENDING));
  return names.map(name => name.slice(0, -ENDING.length)).toSorted();
}
