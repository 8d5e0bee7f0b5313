/** Pages of the documentation that come with the package: `outcome-router help ledger-schema` prints one. */
import { readdirSync, readFileSync } from 'node:fs';
import { RouterError } from '../../errors.ts';

const FOLDER = new URL('../../../docs/', import.meta.url);
const ENDING = '.md';

/** What to write behind `help` for each page: its name, with the ending where a command has the same one. */
export function docsPages(commands: ReadonlySet<string>): readonly string[] {
  return pageNames().map(name => (commands.has(name) ? `${name}${ENDING}` : name));
}

/** The text of a page, Markdown. @throws RouterError `invalid-name` for a name that is neither a page's nor a command's */
export function docsPage(given: string, commands: ReadonlySet<string>): string {
  const name = given.endsWith(ENDING) ? given.slice(0, -ENDING.length) : given;
  if (pageNames().includes(name)) return readFileSync(new URL(`${name}${ENDING}`, FOLDER), 'utf8');
  throw new RouterError('invalid-name', `there is no command and no page "${given}"`, {
    path: 'help',
    accepted: [...commands, ...docsPages(commands)],
    given,
  });
}

function pageNames(): readonly string[] {
  const names = readdirSync(FOLDER).filter(name => name.endsWith(ENDING));
  return names.map(name => name.slice(0, -ENDING.length)).toSorted();
}
