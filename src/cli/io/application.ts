/** `--config`: the application's configuration, which has settings that are not in the ledger. */
import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import type { RouterConfig } from '../../config/router-config.ts';
import { resolveConfig } from '../../config/resolve.ts';
import type { ResolvedConfig } from '../../config/resolved.ts';
import { RouterError } from '../../errors.ts';
import { thompson } from '../../policies/thompson.ts';
import { unreadable } from './files.ts';

/** Adds the option to a command. */
export function withConfig(command: Command): Command {
  return command.option('--config <file>', 'the configuration given to createRouter: .ts, .js or .json');
}

const ACCEPTED =
  'a module whose default export, or export named "config", is what createRouter is given, or JSON of it';

/**
 * Reads and checks an application's configuration. Its store is not opened.
 *
 * @throws RouterError `invalid-config` with the file, `unsupported-runtime` for TypeScript on a Node that reads none
 */
export async function loadApplication(file: string): Promise<ResolvedConfig> {
  const config = await readConfiguration(file);
  try {
    return resolveConfig(config as RouterConfig, { policy: thompson() });
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error;
    throw new RouterError(error.code, error.message, { path: file, cause: error });
  }
}

/** The content of a configuration file, unchecked. @throws RouterError as {@link loadApplication} does for the file itself */
export async function readConfiguration(file: string): Promise<unknown> {
  const problem = unreadable(file);
  if (problem !== undefined) throw new RouterError('invalid-config', problem, { path: file, accepted: ACCEPTED });
  return extname(file) === '.json' ? parseJson(file) : configIn(await importModule(file), file);
}

/** {@link loadApplication}, or `undefined` without a file. */
export async function applicationAt(file: string | undefined): Promise<ResolvedConfig | undefined> {
  return file === undefined ? undefined : loadApplication(file);
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new RouterError('invalid-config', 'the file is not JSON', { path: file, accepted: ACCEPTED, cause });
  }
}

async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      if (!/\.[mc]?ts$/.test(file))
        throw new RouterError('invalid-config', 'the name does not end like that of a configuration', {
          path: file,
          accepted: '.ts, .js, .mjs or .json',
          cause,
        });
      throw new RouterError('unsupported-runtime', `Node ${process.versions.node} cannot read this file`, {
        path: file,
        accepted: 'Node 22.18 or newer for TypeScript, or the configuration as .js, .mjs or .json',
        cause,
      });
    }
    const [line = ''] = (cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)).split('\n');
    throw new RouterError('invalid-config', `the file cannot be loaded: ${line}`, { path: file, cause });
  }
}

function configIn(module: Readonly<Record<string, unknown>>, file: string): unknown {
  const config = module['default'] ?? module['config'];
  if (typeof config !== 'object' || config === null) {
    throw new RouterError('invalid-config', 'the file exports no configuration', { path: file, accepted: ACCEPTED });
  }
  if ('wrap' in config) {
    throw new RouterError('invalid-config', 'the file exports a router, from which its configuration cannot be read', {
      path: file,
      accepted: ACCEPTED,
    });
  }
  return config;
}
