/**
 * One process of the soak: an application that calls the fake provider by the official clients, gives outcomes late,
 * corrects them, comes back for later turns, and says now and then what memory and handles it has.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { seededRandom } from '../../src/core/math/random.ts';
import { RouterError } from '../../src/errors.ts';
import type { Router } from '../../src/router-type.ts';
import { createRouterOn } from '../../src/router.ts';
import type { IntentHandle } from '../../src/clients/feature-handle.ts';
import type { RouterConfig } from '../../src/config/router-config.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import type { Acceleration } from './accelerated.ts';
import { acceleratedRuntime } from './accelerated.ts';
import type { SoakFeature } from './world.ts';
import { FEATURES, MINUTE_MS, MODELS } from './world.ts';

export interface ApplicationOptions extends Acceleration {
  readonly name: string;
  readonly ledger: string;
  readonly openaiBaseURL: string;
  readonly anthropicBaseURL: string;
  /** New intents in a real second. */
  readonly perSecond: number;
  /** The process pauses only once it has begun this many intents since the last pause, however busy the machine is. */
  readonly minIntents: number;
  /** Numbers of the features that it may have. */
  readonly features: readonly [from: number, to: number];
  /** How many of them it has at a time; the others come when the router is opened again. All of them: it never is. */
  readonly open: number;
  /** Real milliseconds after which the application gives up on a stream that says nothing, and half of an attempt's limit. */
  readonly patienceMs: number;
  readonly sampleEveryMs: number;
}

/** What a process needs at a moment when it has no request in flight. */
export interface Sample {
  /** Since the start of the soak, on its clock. */
  readonly hour: number;
  /** Begun so far. */
  readonly intents: number;
  /** After a garbage collection. */
  readonly rssMb: number;
  readonly heapMb: number;
  /** Open files, sockets and pipes excluded. */
  readonly files: number;
  /** Of them, those of the ledger's database file. */
  readonly ofLedger: number;
  readonly sockets: number;
}

export interface Told {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** Names of the features that it has. */
  readonly features: readonly string[];
  readonly intents: number;
  /** Counts of what happened: errors of calls by name, faults that observers were told, by place. */
  readonly counts: Readonly<Record<string, number>>;
  /** What must not happen: rejections that nothing handles, warnings of Node, errors of the router. */
  readonly wrong: readonly string[];
}

export type Order =
  | { readonly kind: 'pause' | 'resume' | 'end' }
  | { readonly kind: 'outcome'; readonly feature: string; readonly id: string };

export type Answer =
  | { readonly kind: 'paused' | 'ended'; readonly told: Told }
  | { readonly kind: 'handOver'; readonly feature: string; readonly id: string };

type Called = Pick<IntentHandle, 'id' | 'model'>;

/** Latest time of an outcome, a later turn or a correction after the one before: a pruned ledger still has its intent. */
export const MAX_DELAY_MS = 2 * 60 * MINUTE_MS;
/** Intents that had no record for so long are pruned. */
export const PRUNED_AFTER_MS = 1.5 * MAX_DELAY_MS;
/** A process that opens its router again does so after this time, and half of it. */
const REOPEN_MS = 15 * MINUTE_MS;
const MAX_WRONG = 20;
/** Entries of each cache of a router. With its defaults, most of a soak would show caches that fill. */
export const KEPT = 2_000;
/** A header that names the intent to the provider, so that its log shows the intent of an exchange for which the ledger has no reply. */
export const INTENT_HEADER = 'x-intent';

async function main(options: ApplicationOptions): Promise<void> {
  const { name, ledger, times, startMs, perSecond, patienceMs } = options;
  const runtime = acceleratedRuntime(options);
  const random = seededRandom(`soak ${name}`);
  const openai = new OpenAI({ apiKey: 'none', baseURL: options.openaiBaseURL, logLevel: 'off' });
  const anthropic = new Anthropic({ apiKey: 'none', baseURL: options.anthropicBaseURL, logLevel: 'off' });
  const samples: Sample[] = [];
  const counts: Record<string, number> = {};
  const wrong: string[] = [];
  /** What the application does later, by the time at which it is due. */
  let later: { readonly atMs: number; readonly feature: string; readonly act: () => Promise<unknown> }[] = [];
  const working = new Set<Promise<void>>();
  let intents = 0;
  let intentsAtPause = 0;
  let isPaused = true;

  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  const isWrong = (what: string, error: unknown): void => {
    count(`wrong: ${what}`);
    if (wrong.length < MAX_WRONG)
      wrong.push(`${name}: ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
  process.on('unhandledRejection', error => isWrong('unhandled rejection', error));
  process.on('uncaughtException', error => isWrong('uncaught exception', error));
  process.on('warning', warning => {
    // The oldest Node says so of its SQLite.
    if (warning.name !== 'ExperimentalWarning') isWrong('warning', warning);
  });
  // Without the process that started it, no other process ends this one.
  process.on('disconnect', () => process.exit());

  const [from, to] = options.features;
  const known = FEATURES.slice(from, to);
  let open: readonly SoakFeature[] = [];
  let router = openRouter();
  let clients = wrapped(router);

  function openRouter(): Router {
    const order = known.map(each => ({ each, at: random.next() })).sort((a, b) => a.at - b.at);
    open = order.slice(0, options.open).map(({ each }) => each);
    const features = open.map(({ name, config }) => [name, { ...config, attemptTimeout: 2 * patienceMs * times }]);
    const config: RouterConfig = {
      models: MODELS,
      features: Object.fromEntries(features),
      store: sqlite(ledger),
      observers: [{ name: 'soak', faulted: ({ where }) => count(`fault: ${where}`) }],
    };
    return createRouterOn(runtime, config, { kept: KEPT });
  }

  function wrapped(made: Router) {
    return { openai: made.wrap(openai), anthropic: made.wrap(anthropic) };
  }

  async function reopen(): Promise<void> {
    await idle();
    await router.close();
    router = openRouter();
    clients = wrapped(router);
    count('router opened again');
  }

  async function idle(): Promise<void> {
    while (working.size > 0) await Promise.all(working);
  }

  /** Errors of the provider are for the application to handle; an error of the router must not happen. */
  function work(what: string, act: () => Promise<unknown>, again?: () => void): void {
    const done = act().then(
      () => count(what),
      (error: unknown) => {
        if (!RouterError.isInstance(error)) return count(`${what}: ${error instanceof Error ? error.name : 'error'}`);
        // Outcomes of a feature that was not open for hours, or handed over late, come after the intent was pruned.
        if (error.code === 'unknown-intent' || error.code === 'intent-removed') return count(`${what}: too late`);
        // The ledger is locked, and this process does not know the intent: the application tries again.
        if (error.code !== 'store-unusable') return isWrong(what, error);
        count(`${what}: refused`);
        again?.();
      },
    );
    working.add(done);
    void done.finally(() => working.delete(done));
  }

  function schedule(feature: string, act: () => Promise<unknown>): void {
    // As many within the first minute as in the last hour: most users come back soon, some late.
    const delayMs = Math.exp(random.next() * Math.log(MAX_DELAY_MS / 1_000)) * 1_000;
    later.push({ atMs: runtime.nowMs() + delayMs, feature, act });
  }

  async function call({ provider }: SoakFeature, { id, model }: Called): Promise<void> {
    const headers = { [INTENT_HEADER]: id };
    const messages = [{ role: 'user' as const, content: 'Where is my order? '.repeat(1 + random.next() * 20) }];
    const stream = random.next() < 0.5;
    if (provider === 'anthropic') {
      const body = { model, messages, max_tokens: 500 };
      if (stream) await read(signal => clients.anthropic.messages.create({ ...body, stream }, { signal, headers }));
      else await clients.anthropic.messages.create(body, { headers });
    } else if (random.next() < 0.2) {
      const body = { model, input: messages };
      if (stream) await read(signal => clients.openai.responses.create({ ...body, stream }, { signal, headers }));
      else await clients.openai.responses.create(body, { headers });
    } else {
      const body = { model, messages };
      if (stream)
        await read(signal => clients.openai.chat.completions.create({ ...body, stream }, { signal, headers }));
      else await clients.openai.chat.completions.create(body, { headers });
    }
  }

  /** Gives up on a stream that says nothing for a while. Everything that the provider sent before has arrived then. */
  async function read(start: (signal: AbortSignal) => PromiseLike<AsyncIterable<unknown>>): Promise<void> {
    const caller = new AbortController();
    const stream = await start(caller.signal);
    let cancel = (): void => {};
    const waitForNext = (): void => {
      cancel();
      cancel = runtime.after(patienceMs * times, () => caller.abort());
    };
    waitForNext();
    const events = stream[Symbol.asyncIterator]();
    try {
      while ((await events.next()).done !== true) waitForNext();
    } finally {
      cancel();
    }
  }

  function begin(): void {
    const chosen = open[Math.floor(random.next() * open.length)] as SoakFeature;
    const context = { tier: random.next() < 0.5 ? 'free' : 'paid' };
    const { id, model } = router.feature(chosen.name).intent({ context });
    intents++;
    work('first turn', async () => call(chosen, { id, model }));
    follow(chosen, id);
  }

  /** This function has no handle of the intent, which would keep a router in memory after it was closed. */
  function follow(chosen: SoakFeature, id: string): void {
    const turn = async (): Promise<void> => call(chosen, router.feature(chosen.name).resume(id));
    if (random.next() < 0.3) schedule(chosen.name, turn);
    if (random.next() < 0.1) schedule(chosen.name, turn);
    if (random.next() < 0.7) schedule(chosen.name, async () => judge(chosen.name, id));
  }

  async function judge(feature: string, id: string): Promise<void> {
    if (random.next() < 0.3) return void process.send?.({ kind: 'handOver', feature, id } satisfies Answer);
    const intent = router.feature(feature).resume(id);
    const draw = random.next();
    if (draw < 0.6) await intent.succeed();
    else if (draw < 0.9) await intent.fail(draw < 0.7 ? { costUsd: draw } : {});
    else await intent.revoke();
    if (random.next() < 0.2) schedule(feature, async () => judge(feature, id));
  }

  function tick(): void {
    if (isPaused) return;
    begin();
    const nowMs = runtime.nowMs();
    const names = new Set(open.map(each => each.name));
    const due = later.filter(({ atMs, feature }) => atMs <= nowMs && names.has(feature));
    if (due.length === 0) return;
    const dueNow = new Set(due);
    later = later.filter(each => !dueNow.has(each));
    for (const { feature, act } of due) work('later', act, () => schedule(feature, act));
  }

  function sample(): void {
    // An ordinary garbage collection returns free pages late, so that RSS would vary ten times as much.
    globalThis.gc?.({ execution: 'sync', flavor: 'last-resort' });
    const { rss, heapUsed } = process.memoryUsage();
    const links = readdirSync('/proc/self/fd').map(linkOf);
    const files = links.filter(link => link.startsWith('/') && !link.startsWith('/dev/'));
    samples.push({
      hour: (runtime.nowMs() - startMs) / 3_600_000,
      intents,
      rssMb: rss / 2 ** 20,
      heapMb: heapUsed / 2 ** 20,
      files: files.length,
      ofLedger: files.filter(file => basename(file) === basename(ledger)).length,
      sockets: links.filter(link => link.startsWith('socket:')).length,
    });
  }

  const told = (): Told => ({ name, samples, features: open.map(each => each.name), intents, counts, wrong });

  async function pause(): Promise<void> {
    const hasEnough = (): boolean => isPaused || intents - intentsAtPause >= options.minIntents;
    while (!hasEnough()) await wait(1_000 / perSecond);
    isPaused = true;
    intentsAtPause = intents;
    await idle();
    await router.flush();
    await router.labelSilentIntents();
    await router.report();
    for (const each of open.slice(0, 3)) await router.explain(each.name);
    sample();
  }

  async function obey(order: Order): Promise<void> {
    if (order.kind === 'outcome') {
      if (known.some(each => each.name === order.feature))
        schedule(order.feature, async () => judge(order.feature, order.id));
      return;
    }
    if (order.kind === 'resume') return void (isPaused = false);
    // An order that fails is answered too: the process that gave it waits, and reports the error.
    await pause().catch((error: unknown) => isWrong(order.kind, error));
    if (order.kind === 'end') {
      clearInterval(ticking);
      clearInterval(sampling);
      stopReopening();
      await router.close().catch((error: unknown) => isWrong('closing', error));
    }
    process.send?.({ kind: order.kind === 'end' ? 'ended' : 'paused', told: told() } satisfies Answer);
    if (order.kind === 'end') process.disconnect();
  }

  /** One after the other: a router that is being opened again is neither paused nor ended. */
  let orders: Promise<void> = Promise.resolve();
  const inOrder = (what: string, act: () => Promise<void>): void => {
    orders = orders.then(act).catch((error: unknown) => isWrong(what, error));
  };
  process.on('message', order => inOrder('order', async () => obey(order as Order)));

  const ticking = setInterval(tick, 1_000 / perSecond);
  const sampling = setInterval(sample, options.sampleEveryMs / times);
  const stopReopening =
    options.open === known.length
      ? () => {}
      : runtime.every(REOPEN_MS, () =>
          inOrder('opening again', async () => {
            if (isPaused) return;
            isPaused = true;
            await reopen();
            isPaused = false;
          }),
        );
}

/** The target of a link; '' for a handle that was closed meanwhile. */
function linkOf(handle: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${handle}`);
  } catch {
    return '';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await main(JSON.parse(process.argv[2] ?? '') as ApplicationOptions);
