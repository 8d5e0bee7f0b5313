/**
 * Another process at the same file: `node sqlite-process.ts <path> <prefix> <intents> [unprivileged]` commits that many
 * intents and writes the id of each to its output once it is acknowledged, or one line of JSON with the error.
 */
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { RouterError } from '../../src/errors.ts';
import { commitOne } from '../../src/contracts/commit-on-latest.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { attempted, changesOf, decided, evidence, history, NOON } from './histories.ts';

/** The cost of the intent `<prefix>-<index>`, so that a test can compute the total independently. */
export function costOf(index: number): number {
  return 1_000_003 + index * 7;
}

export interface WriterProcess {
  readonly acknowledged: readonly string[];
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>;
  kill(): void;
}

export interface WriterOptions {
  readonly prefix: string;
  readonly intents: number;
  /** Kills the process as soon as this many intents are acknowledged. */
  readonly killAfter?: number;
  /** Gives up root's rights first, if this process has them: no permission stops root. */
  readonly unprivileged?: boolean;
}

export function startWriter(path: string, { prefix, intents, killAfter, unprivileged }: WriterOptions): WriterProcess {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const args = [fileURLToPath(import.meta.url), path, prefix, `${intents}`, ...(unprivileged ? ['unprivileged'] : [])];
  const child = spawn(process.execPath, [...flags, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', line => {
    acknowledged.push(line);
    if (acknowledged.length === killAfter) child.kill('SIGKILL');
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    lines.once('close', resolve);
  });
  return { acknowledged, ended, kill: () => void child.kill('SIGKILL') };
}

/** Becomes the unprivileged user, after all modules are loaded: only root may be able to read them. */
function dropRoot(): void {
  if (process.getuid?.() !== 0) return;
  process.setgid?.(65534);
  process.setuid?.(65534);
}

async function main([path = '', prefix = '', intents = '', user = '']: readonly string[]): Promise<void> {
  if (user === 'unprivileged') dropRoot();
  const store = sqlite(path);
  const run = async (index: number): Promise<void> => {
    const id = `${prefix}-${index}`;
    const bodies = [
      decided(NOON),
      attempted(NOON + 1000, { costNanoUsd: costOf(index) }),
      evidence(NOON + 2000, { source: 'explicit', success: true }),
    ];
    for (const change of changesOf(history(id, 'support', bodies)))
      if ((await commitOne(store, change)).kind !== 'committed') throw new Error(`${id} was refused`);
    writeSync(1, `${id}\n`);
  };
  try {
    for (let index = 0; index < Number(intents); index += 5)
      await Promise.all([0, 1, 2, 3, 4].map(offset => run(index + offset)));
    await store.close();
  } catch (error) {
    const { message } = error as Error;
    writeSync(1, `${JSON.stringify({ message, code: RouterError.isInstance(error) ? error.code : null })}\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
