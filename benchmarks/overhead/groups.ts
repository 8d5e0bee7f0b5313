/** What is compared, in groups: each runs in a process of its own, so that the routers of one do not change the code of another. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/contracts/store.ts';
import { nextTurn } from '../../src/runtime.ts';
import { postgres } from '../../src/stores/postgres.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { startPostgres } from '../../test/support/postgres-server.ts';
import type { OverheadRow } from '../results.ts';
import { client, plainFetch } from '../stubbed-client.ts';
import { leastRouter, seamAlone } from './floor.ts';
import { loopback } from './loopback.ts';
import type { Bar, Call, Comparison, Contender } from './measure.ts';
import { compare } from './measure.ts';
import { plainPeers, streamPeers } from './peers.ts';
import type { RoutedClient } from './routers.ts';
import { create, routed, stream, streamFetch } from './routers.ts';
import { serve } from './servers.ts';
import { coldStarts } from './start.ts';

export interface GroupOptions {
  readonly rounds: number;
  readonly peers: boolean;
}

type Group = (options: GroupOptions) => Promise<readonly OverheadRow[]>;

const DIRECT = 'gpt-5-mini';

/** A plain call with a body of this many bytes, and the same call again, as the noise floor. */
function plainPair(bytes = 600): Pick<Comparison, 'direct' | 'twin'> {
  return { direct: create(client(plainFetch), DIRECT, bytes), twin: create(client(plainFetch), DIRECT, bytes) };
}

function contender(name: string, call: Call, { flush }: Pick<RoutedClient, 'flush'>, bar: Bar = {}): Contender {
  return { name, call, flush, bar };
}

async function plain({ rounds, peers }: GroupOptions): Promise<readonly OverheadRow[]> {
  const own = routed(client(plainFetch));
  const call = create(own.openai, 'feature:plain');
  const rows = await compare({
    ...plainPair(),
    rounds,
    contenders: [
      contender('plain call', call, own, { maxRatio: 1.2 }),
      contender('untouched call through the wrapped client', create(own.openai, DIRECT), own, { maxRatio: 1.15 }),
    ],
  });
  if (!peers) return rows;
  // The garbage collector moves and marks the objects that a library keeps during the calls of the others too.
  const sink = await serve('sink');
  const beside = contender('plain call, beside the libraries below', call, own);
  const contenders = [beside, ...(await plainPeers(plainFetch, sink.url))];
  const others = await compare({ ...plainPair(), rounds, contenders });
  sink.stop();
  return [...rows, ...others];
}

/** The same in a process whose code is not compiled yet: a service that has just begun, or that lives for a short time. */
async function young({ rounds }: GroupOptions): Promise<readonly OverheadRow[]> {
  const own = routed(client(plainFetch));
  const [name, call] = ['plain call, in the first seconds of a process', create(own.openai, 'feature:plain')];
  return compare({
    ...plainPair(),
    rounds,
    isYoung: true,
    contenders: [contender(name, call, own, { maxRatio: 1.2 })],
  });
}

async function floor({ rounds }: GroupOptions): Promise<readonly OverheadRow[]> {
  const own = routed(client(plainFetch));
  const least = leastRouter(plainFetch);
  const seam = create(client(seamAlone(openaiChat, plainFetch)), 'feature:plain');
  return compare({
    ...plainPair(),
    rounds,
    contenders: [
      { name: 'of a plain call: the seam alone (name swapped, reply read)', call: seam },
      contender(
        'of a plain call: the least that routes and keeps its account',
        create(least.openai, 'feature:plain'),
        least,
      ),
      {
        name: 'of a plain call: what its caller waits for',
        call: create(own.openai, 'feature:plain'),
        after: own.flush,
      },
    ],
  });
}

/**
 * The same where each reply comes in its own task of the event loop, as from a network: the router then does its deferred work after each
 * call. In the other groups, a batch of calls shares one task.
 */
async function tasks({ rounds }: GroupOptions): Promise<readonly OverheadRow[]> {
  const late: typeof globalThis.fetch = async (url, init) => {
    await nextTurn();
    return plainFetch(url, init);
  };
  const own = routed(client(late));
  const [name, call] = ['plain call, in a task of its own', create(own.openai, 'feature:plain')];
  const contenders = [
    contender(name, call, own, { maxRatio: 1.2 }),
    contender('intent, call and outcome, in a task of its own', own.intent(), own, { maxRatio: 1.35 }),
  ];
  return compare({ direct: create(client(late), DIRECT), twin: create(client(late), DIRECT), rounds, contenders });
}

async function armed({ rounds }: GroupOptions): Promise<readonly OverheadRow[]> {
  const own = routed(client(plainFetch));
  const call = create(own.openai, 'feature:armed');
  const name = 'plain call with retries, limits and verdict';
  return compare({ ...plainPair(), rounds, contenders: [contender(name, call, own, { maxRatio: 1.3 })] });
}

async function bodies({ rounds }: GroupOptions): Promise<readonly OverheadRow[]> {
  const own = routed(client(plainFetch));
  const rows: OverheadRow[] = [];
  for (const [name, bytes, maxRatio] of [
    ['plain call, 21 kB body', 21_000, 1.2],
    ['plain call, 500 kB body', 500_000, 1.05],
  ] as const) {
    const call = create(own.openai, 'feature:plain', bytes);
    rows.push(
      ...(await compare({ ...plainPair(bytes), rounds, contenders: [contender(name, call, own, { maxRatio })] })),
    );
  }
  return rows;
}

async function intents({ rounds }: GroupOptions): Promise<readonly OverheadRow[]> {
  const own = routed(client(plainFetch));
  const contenders = [
    contender('intent, call and outcome', own.intent(), own, { maxRatio: 1.35 }),
    contender('intent, armed call and outcome', own.intent('armed'), own),
  ];
  return compare({ ...plainPair(), rounds, contenders });
}

/** @param maxAddedUs by the number of intents at once */
async function stored(
  { rounds }: GroupOptions,
  {
    name,
    store,
    maxAddedUs,
  }: { readonly name: string; readonly store: Store; readonly maxAddedUs: ReadonlyMap<number, number | undefined> },
): Promise<readonly OverheadRow[]> {
  const own = routed(client(plainFetch), { store });
  const rows: OverheadRow[] = [];
  for (const [concurrent, added] of maxAddedUs) {
    const bar = added === undefined ? {} : { maxAddedUs: added };
    const contenders = [contender(`intent, call and outcome, ${name}, ${concurrent} at once`, own.intent(), own, bar)];
    rows.push(...(await compare({ ...plainPair(), rounds, concurrent, contenders })));
  }
  await store.close();
  return rows;
}

async function onSqlite(options: GroupOptions): Promise<readonly OverheadRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'overhead-'));
  const maxAddedUs = new Map([
    [1, 60],
    [16, 24],
    [256, 30],
  ]);
  const rows = await stored(options, { name: 'SQLite', store: sqlite(join(folder, 'ledger.db')), maxAddedUs });
  rmSync(folder, { recursive: true });
  return rows;
}

async function onPostgres(options: GroupOptions): Promise<readonly OverheadRow[]> {
  const server = await startPostgres();
  const maxAddedUs = new Map([
    [1, undefined],
    [16, undefined],
  ]);
  const rows = await stored(options, { name: 'PostgreSQL', store: postgres(server.url), maxAddedUs });
  await server.remove();
  return rows;
}

/** The memory store prunes with every commit from 100,000 intents on. */
const KEPT_INTENTS = 100_000;

async function steady({ rounds }: GroupOptions): Promise<readonly OverheadRow[]> {
  const own = routed(client(plainFetch));
  const many = routed(client(plainFetch), { features: 10_000 });
  const [intent, call] = [own.intent(), create(own.openai, 'feature:plain')];
  for (let begun = 0; begun < KEPT_INTENTS; begun += 1_000) {
    for (let index = 0; index < 1_000; index++) await call();
    await own.flush();
  }
  return compare({
    ...plainPair(),
    rounds,
    contenders: [
      contender('plain call, after 100,000 intents', call, own),
      contender('intent, call and outcome, after 100,000 intents', intent, own),
      contender('plain call, one of 10,000 features', create(many.openai, 'feature:plain'), many),
    ],
  });
}

async function streams({ rounds, peers }: GroupOptions): Promise<readonly OverheadRow[]> {
  const rows: OverheadRow[] = [];
  for (const [name, events, maxRatio] of [
    ['stream of 50 events', 50, 1.1],
    ['stream of 2,000 events', 2_000, 1.1],
  ] as const) {
    const fetch = streamFetch(events);
    const own = routed(client(fetch));
    const call = stream(own.openai, 'feature:plain');
    const [direct, twin] = [stream(client(fetch), DIRECT), stream(client(fetch), DIRECT)];
    rows.push(...(await compare({ direct, twin, rounds, contenders: [contender(name, call, own, { maxRatio })] })));
    if (!peers || events !== 50) continue;
    const sink = await serve('sink');
    const beside = contender(`${name}, beside the libraries below`, call, own);
    const contenders = [beside, ...(await streamPeers(fetch, sink.url))];
    rows.push(...(await compare({ direct, twin, rounds, contenders })));
    sink.stop();
  }
  return rows;
}

export const GROUPS: Readonly<Record<string, Group>> = {
  plain,
  young,
  tasks,
  armed,
  intents,
  bodies,
  streams,
  steady,
  sqlite: onSqlite,
  postgres: onPostgres,
  loopback: async ({ rounds }) => loopback(rounds),
  start: async ({ rounds }) => coldStarts(Math.max(3, Math.round(rounds / 4))),
  floor,
};
