/** Other processes that share spool paths: each spools changes while its store is down, and replays them when told. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { commitOne } from '../../src/contracts/commit-on-latest.ts';
import type { Store } from '../../src/contracts/store.ts';
import { memory } from '../../src/stores/memory.ts';
import type { SpoolingStore } from '../../src/stores/spool.ts';
import { spooling } from '../../src/stores/spool.ts';
import { changesOf, decided, history, NOON } from './histories.ts';

type Order =
  | { readonly kind: 'spool'; readonly paths: readonly string[]; readonly prefix: string; readonly atMs: number }
  | { readonly kind: 'drain' };

export interface Spooler {
  /** Spools one change at each path, at `atMs` by the clock; resolves to the ids of the changes that were acknowledged. */
  spool(paths: readonly string[], prefix: string, atMs?: number): Promise<readonly string[]>;
  /** Brings the store back, replays and closes every spool; resolves to the ids that the store has then. */
  drain(): Promise<readonly string[]>;
  /** Ends the process at once, by SIGKILL. */
  kill(): Promise<void>;
}

export function startSpooler(): Spooler {
  const execArgv = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const child = fork(fileURLToPath(import.meta.url), { execArgv });
  const ask = async (order: Order): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the process has ended'));
      child.once('exit', ended);
      child.once('message', answer => {
        child.off('exit', ended);
        resolve(answer as readonly string[]);
      });
      child.send(order);
    });
  return {
    spool: async (paths, prefix, atMs = 0) => ask({ kind: 'spool', paths, prefix, atMs }),
    drain: async () => ask({ kind: 'drain' }),
    async kill() {
      await new Promise<void>(resolve => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      });
    },
  };
}

function main(): void {
  let inner = memory();
  let isDown = true;
  let spools: SpoolingStore[] = [];
  const store: Store = {
    ...inner,
    load: async id => inner.load(id),
    async commitAll(changes) {
      if (isDown) throw new Error('the store is down');
      return inner.commitAll(changes);
    },
  };

  async function spool(path: string, id: string): Promise<string> {
    const [change] = changesOf(history(id, 'support', [decided(NOON)]));
    const made = spooling(store, { path, nowMs: () => NOON, retryAfterMs: Number.POSITIVE_INFINITY });
    spools.push(made);
    if (change === undefined || (await commitOne(made, change)).kind !== 'committed')
      throw new Error(`${id} was refused`);
    return id;
  }

  async function drain(): Promise<readonly string[]> {
    isDown = false;
    for (const each of spools) {
      await each.drain();
      await each.close();
    }
    const records = await Array.fromAsync(inner.scan());
    [isDown, spools, inner] = [true, [], memory()];
    return records.map(({ intentId }) => intentId);
  }

  async function answer(order: Order): Promise<readonly string[]> {
    if (order.kind === 'drain') return drain();
    const { paths, prefix, atMs } = order;
    while (Date.now() < atMs);
    return Promise.all(paths.map(async (path, index) => spool(path, `${prefix}-${index}`)));
  }

  process.on('message', (order: Order) => void answer(order).then(ids => process.send?.(ids)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
