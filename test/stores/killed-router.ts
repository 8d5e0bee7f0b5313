/** A router in a process of its own that records outcomes and says which are acknowledged, until it is killed. */
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Store } from '../../src/contracts/store.ts';
import { createRouter } from '../../src/create-router.ts';
import { sqlite } from '../../src/stores/sqlite.ts';

/** What happens to the ledger while the router runs. */
export type Trouble = 'outages' | 'none';

/** What a process said before it ended. */
export interface Said {
  /** Intents whose outcome was acknowledged. */
  readonly succeeded: readonly string[];
  /** Intents whose call had returned before a flush that was acknowledged. */
  readonly flushed: readonly string[];
  /** Intents whose outcome was refused. */
  readonly refused: readonly string[];
}

export interface KillOptions {
  readonly directory: string;
  readonly trouble: Trouble;
  /** Kills the process as soon as this is true. */
  readonly isEnough: (said: Said) => boolean;
  /** Wraps the command line, to limit the files' size for example. */
  readonly command?: (line: readonly string[]) => readonly string[];
}

/** The ledger of the router in that directory. */
export const ledgerIn = (directory: string): string => join(directory, 'l.db');

/** Resolves when the process is dead. */
export async function runUntilKilled({ directory, trouble, isEnough, command }: KillOptions): Promise<Said> {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const line = [process.execPath, ...flags, fileURLToPath(import.meta.url), directory, trouble];
  const [file = '', ...args] = command?.(line) ?? line;
  // Most of a short life would be spent on compiling.
  const env = { NODE_COMPILE_CACHE: join(tmpdir(), 'outcome-router-compile-cache'), ...process.env };
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const said = { succeeded: [] as string[], flushed: [] as string[], refused: [] as string[] };
  const lines = createInterface({ input: child.stdout });
  lines.on('line', text => {
    const [what = '', id = ''] = text.split(' ');
    said[what as keyof Said].push(id);
    if (isEnough(said)) child.kill('SIGKILL');
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    lines.once('close', resolve);
  });
  return said;
}

/** Fails two thirds of the time, for periods of 20 ms; for one in ten of the commits that it takes, the answer is lost. */
function unreliable(inner: Store): Store {
  const check = (): void => {
    if (Math.floor(Date.now() / 20) % 3 > 0) throw new Error('the store is down');
  };
  return {
    ...inner,
    async commitAll(changes) {
      check();
      const answers = await inner.commitAll(changes);
      if (Math.random() < 0.1) throw new Error('the answer is lost');
      return answers;
    },
    async load(id) {
      check();
      return inner.load(id);
    },
  };
}

async function main([directory = '', trouble = '']: readonly string[]): Promise<void> {
  const ledger = sqlite(ledgerIn(directory));
  const router = createRouter({
    models: { mini: { provider: 'other', model: 'm', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } },
    features: { support: { candidates: ['mini'], failureCostUsd: 1 } },
    store: trouble === 'outages' ? unreliable(ledger) : ledger,
    observers: [{ name: 'silent', faulted: () => {} }],
  });
  let called: string[] = [];

  function say(what: keyof Said, ids: readonly string[]): void {
    writeSync(1, ids.map(id => `${what} ${id}\n`).join(''));
  }

  async function call(): Promise<void> {
    const usage = { input: 100, output: 10 };
    const { intent } = await router.run('support', async () => ({ value: 'hi', usage }));
    called.push(intent.id);
    await intent.succeed().then(
      () => say('succeeded', [intent.id]),
      () => say('refused', [intent.id]),
    );
  }

  for (let round = 0; ; round++) {
    await Promise.all(Array.from({ length: 1 + (round % 10) }, call));
    await yieldToEventLoop();
    if (round % 4 > 0) continue;
    const before = called;
    called = [];
    await router.flush().then(
      () => say('flushed', before),
      () => called.push(...before),
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
