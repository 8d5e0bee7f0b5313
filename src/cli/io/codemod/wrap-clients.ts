/** Puts `router.wrap(…)` around the clients that a file creates, and imports the router; all other characters stay unchanged. */
import type { ClientSite, FileSites } from './call-sites.ts';
import { sitesIn } from './call-sites.ts';
import { requiredModule } from './sdk-imports.ts';
import type { SyntaxNode } from './syntax.ts';
import { child, children, nameOf, parseSource } from './syntax.ts';

export interface WrapOptions {
  /** The file's extension determines the language. */
  readonly file: string;
  readonly text: string;
  /** The module from which the file imports the router: `./model-router.js`. */
  readonly routerModule: string;
}

export interface WrappedFile extends FileSites {
  /** The new text; unchanged if there is nothing to wrap. */
  readonly text: string;
}

/**
 * The result is parsed again before it is returned: it has the same clients, all of them wrapped.
 *
 * @throws SyntaxError for a text that cannot be read, or if the result could not be
 */
export async function wrapClients({ file, text, routerModule }: WrapOptions): Promise<WrappedFile> {
  const program = await parseSource(file, text);
  const sites = sitesIn(program);
  const open = sites.clients.filter(({ state }) => state === 'open');
  const [first] = open;
  if (first === undefined) return { ...sites, text };
  const known = importedRouter(program, routerModule);
  const name = known ?? freeName(sites.identifiers);
  const edits = open.flatMap(({ node }) => [
    { at: node.start, insert: `${name}.wrap(` },
    { at: node.end, insert: ')' },
  ]);
  if (known === undefined) edits.push(importOf({ name, routerModule, text, site: first }));
  const result = edited(text, edits);
  await verify(file, result, sites);
  return { ...sites, text: result };
}

interface Edit {
  readonly at: number;
  readonly insert: string;
}

function edited(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { at, insert } of edits.toSorted((a, b) => b.at - a.at))
    result = result.slice(0, at) + insert + result.slice(at);
  return result;
}

async function verify(file: string, text: string, before: FileSites): Promise<void> {
  const { clients } = sitesIn(await parseSource(file, text));
  const isWhole =
    clients.length === before.clients.length &&
    clients.every(({ state }, index) => {
      const earlier = before.clients[index]?.state;
      return state === 'wrapped' ? earlier === 'open' || earlier === 'wrapped' : typeof earlier === 'object';
    });
  if (!isWhole) throw new SyntaxError('the changed file does not read as it should');
}

/** The name under which the file already imports the router. */
function importedRouter(program: SyntaxNode, routerModule: string): string | undefined {
  const withoutEnd = (module: string | undefined): string | undefined => module?.replace(/\.[mc]?[jt]s$/, '');
  const isRouter = (module: string | undefined): boolean => withoutEnd(module) === withoutEnd(routerModule);
  for (const statement of children(program, 'body')) {
    if (statement.type === 'ImportDeclaration' && isRouter(nameOf(child(statement, 'source')))) {
      const specifier = children(statement, 'specifiers').find(each => nameOf(child(each, 'imported')) === 'router');
      if (specifier !== undefined) return nameOf(child(specifier, 'local'));
    }
    for (const declarator of children(statement, 'declarations')) {
      if (!isRouter(requiredModule(child(declarator, 'init')))) continue;
      const property = children(child(declarator, 'id'), 'properties').find(
        each => nameOf(child(each, 'key')) === 'router',
      );
      if (property !== undefined) return nameOf(child(property, 'value'));
    }
  }
  return undefined;
}

/** `router` is a usual name in web applications. */
function freeName(taken: ReadonlySet<string>): string {
  for (const name of ['router', 'modelRouter', 'outcomeRouter']) if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`outcomeRouter${number}`)) number++;
  return `outcomeRouter${number}`;
}

interface RouterImport extends Pick<WrapOptions, 'text' | 'routerModule'> {
  readonly name: string;
  readonly site: ClientSite;
}

/** A line after the one that imports the SDK, in its style. */
function importOf({ name, routerModule, text, site: { statement } }: RouterImport): Edit {
  const own = text.slice(statement.start, statement.end);
  const quote = /(['"])[^'"]*\1[^'"]*$/.exec(own)?.[1] ?? "'";
  const module = `${quote}${routerModule}${quote}`;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const end = own.endsWith(';') ? ';' : '';
  const line =
    statement.type === 'VariableDeclaration'
      ? // Always with its semicolon: the next line may begin with a bracket.
        `const { ${name === 'router' ? name : `router: ${name}`} } = require(${module});`
      : `import { ${name === 'router' ? name : `router as ${name}`} } from ${module}${end}`;
  // A comment after the statement stays beside it.
  const [rest = ''] = /^[^\r\n]*/.exec(text.slice(statement.end)) ?? [];
  const at = /^\s*(?:\/\/.*)?$/.test(rest) ? statement.end + rest.length : statement.end;
  return { at, insert: newline + line };
}
