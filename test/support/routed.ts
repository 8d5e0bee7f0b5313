/** A router before a scripted provider: two models, one feature, and everything it records. */
import type { FeatureConfig } from '../../src/config/application.ts';
import type { RouterConfig } from '../../src/config/router-config.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import type { Runtime } from '../../src/runtime.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { Router } from '../../src/router-type.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { Store } from '../../src/contracts/store.ts';
import type { Answer, ScriptedServer } from './scripted-server.ts';
import { scriptedServer } from './scripted-server.ts';
import { patientAfter } from './patient-time.ts';

export type Script = readonly Answer[] | Readonly<Record<string, readonly Answer[]>>;
export type Feature = Omit<FeatureConfig<'mini' | 'premium'>, 'candidates'>;

export interface RoutedOptions {
  readonly runtime?: Runtime;
  readonly store?: Store;
  readonly config?: Pick<RouterConfig, 'refresh' | 'spool' | 'observers'>;
}

export interface Routed {
  readonly server: ScriptedServer;
  readonly router: Router;
  readonly store: Store;
  readonly runtime: Runtime;
  /** Faults that the observer received, oldest first. */
  readonly faults: readonly Fault[];
  /** Requests one chat completion. Default model: the feature, so that the request is a new intent. */
  ask(model?: string, more?: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Response>;
  ledger(): Promise<readonly LedgerRecord[]>;
  attempts(): Promise<readonly Attempt[]>;
  /** The statistics as they were accumulated, and as they are rebuilt from the ledger. */
  cells(): Promise<{ readonly grown: ReadonlySet<unknown>; readonly rebuilt: ReadonlySet<unknown> }>;
  close(): Promise<void>;
}

const servers: { close(): Promise<void> }[] = [];

/** Closes the servers that a test has started. */
export async function closeAll(): Promise<void> {
  await Promise.all(servers.splice(0).map(async each => each.close()));
}

export async function routed(script: Script, feature: Feature = {}, options: RoutedOptions = {}): Promise<Routed> {
  const server = await scriptedServer(script);
  servers.push(server);
  const store = options.store ?? memory();
  const runtime = options.runtime ?? hasty();
  const faults: Fault[] = [];
  const router = createRouterOn(runtime, {
    models: {
      mini: { provider: 'openai', model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
      premium: { provider: 'openai', model: 'premium-1', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 20 } },
    },
    features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 15, policy: fixed('mini'), ...feature } },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
    ...options.config,
  }) as unknown as Router;
  const ledger = async (): Promise<readonly LedgerRecord[]> => {
    await router.flush();
    return Array.fromAsync(store.scan());
  };
  return {
    server,
    router,
    store,
    runtime,
    faults,
    ask: async (model = 'feature:support', more = {}, signal) =>
      router.fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], ...more }),
        ...(signal === undefined ? {} : { signal }),
      }),
    ledger,
    attempts: async () => (await ledger()).flatMap(record => (record.kind === 'attempted' ? [record.attempt] : [])),
    async cells() {
      await router.flush();
      const grown = new Set(await store.cells('support'));
      await rebuildCells(store, 'support');
      return { grown, rebuilt: new Set(await store.cells('support')) };
    },
    close: async () => router.close(),
  };
}

/** The turn, kind and node of every attempt: `1 first mini`. */
export function charged(attempts: readonly Attempt[]): readonly string[] {
  return attempts.map(({ turn, kind, node }) => `${turn} ${kind} ${node}`);
}

/** Real time, except that waits return at once and are recorded, and that limits have patience. */
export function hasty(): Runtime & { readonly slept: number[] } {
  const slept: number[] = [];
  return {
    ...systemRuntime(1),
    random: seededRandom(1),
    slept,
    sleep: async ms => void slept.push(ms),
    after: patientAfter,
  };
}

/** As {@link hasty}, but without time limits: for a store on a server, which is another process and may be slow. */
export function unlimited(): Runtime {
  return { ...hasty(), after: () => () => {} };
}
