/**
 * Node's modules, loaded where they are used: a file that imports one could not be loaded, or bundled, for other platforms.
 */
import { RouterError } from './errors.ts';

interface NodeModules {
  'node:fs': typeof import('node:fs');
  'node:path': typeof import('node:path');
  'node:zlib': typeof import('node:zlib');
}

/**
 * The module, on Node and on what is compatible with it: Bun, Deno, Workers with `nodejs_compat`.
 *
 * @param use the purpose of the module, for the error
 * @throws RouterError `unsupported-runtime` where there is no such module
 */
export function nodeModule<Name extends keyof NodeModules>(name: Name, use: string): NodeModules[Name] {
  const found = globalThis.process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
  if (found !== undefined) return found;
  throw new RouterError('unsupported-runtime', `${use} needs ${name}, which this platform does not have`, {
    accepted: 'Node 22.13 or later, Bun or Deno',
  });
}
