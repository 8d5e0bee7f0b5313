/** A process of an earlier version: it writes intents to a file, spools while it cannot, and says what was acknowledged. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { anIntent, changesOf } from './histories.ts';
import { spooling, sqlite } from './version-5.mjs';

export interface FormerProcess {
  /** Resolves once so many more intents are acknowledged. */
  acknowledge(count: number): Promise<void>;
  /** Ends the process in order; resolves to the ids of the intents that it acknowledged, with all their records. */
  end(): Promise<readonly string[]>;
}

export function startFormerProcess(path: string, prefix: string): FormerProcess {
  const execArgv = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const child = fork(fileURLToPath(import.meta.url), [path, prefix], { execArgv });
  const acknowledged: string[] = [];
  let noticed = (): void => {};
  child.on('message', id => {
    acknowledged.push(id as string);
    noticed();
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('exit', code => (code === 0 ? resolve() : reject(new Error(`the process ended with ${code}`))));
  });
  return {
    async acknowledge(count) {
      const enough = acknowledged.length + count;
      const reached = new Promise<void>(resolve => {
        noticed = () => acknowledged.length >= enough && resolve();
      });
      await Promise.race([reached, ended]);
    },
    async end() {
      child.send('end');
      await ended;
      return acknowledged;
    },
  };
}

async function main([path = '', prefix = '']: readonly string[]): Promise<void> {
  const store = spooling(sqlite(path), { path: `${path}.spool.jsonl`, nowMs: Date.now });
  const ending = new AbortController();
  process.once('message', () => ending.abort());
  for (let index = 0; !ending.signal.aborted; index++) {
    const id = `${prefix}-${index}`;
    for (const change of changesOf(anIntent(id)))
      if (!(await store.commit(change))) throw new Error(`${id} was refused`);
    process.send?.(id);
  }
  await store.close();
  process.disconnect();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
