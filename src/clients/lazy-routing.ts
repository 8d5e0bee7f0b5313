/** The code that routes calls and records outcomes. It loads while the application starts, which does not wait for it. */
import type { Evidence } from '../core/ledger/vocabulary.ts';
import type { ControlNote, NewControl } from '../engine/state/controls.ts';
import { RouterError } from '../errors.ts';
import type { Seam } from './fetch.ts';
import type { Fetch } from './http-request.ts';
import type { RecordedOutcome } from './intent-input.ts';

/** What handles and clients need of a router that runs. */
export interface RouterCore {
  readonly seam: Seam;
  /** See `routedFetch` of `fetch.ts`. */
  fetch(inner: Fetch, target?: string): Fetch;
  /** See `recordOutcome` of `outcome-record.ts`. */
  record(
    intent: { readonly feature: string; readonly intentId: string },
    makeEvidence: () => Evidence,
  ): Promise<RecordedOutcome>;
  /** See `setControl` of `controls.ts`. */
  setControl(control: NewControl, note: ControlNote | undefined): Promise<void>;
}

export interface LazyRouting<Loaded extends RouterCore = RouterCore> {
  /** Absent until it is loaded. */
  readonly loaded: Loaded | undefined;
  /**
   * Returns the result of `work`: at once where the code is loaded, otherwise after loading, in the order of the calls. Rejects with the
   * loader's error where the code cannot be loaded. The next call tries again, where the platform does not keep the error (Node 22 does).
   */
  use<Value>(this: void, work: (loaded: Loaded) => Promise<Value>): Promise<Value>;
}

/** @param load is called at once: later, an upgrade may have replaced the files of this process */
export function lazyRouting<Loaded extends RouterCore>(load: () => Promise<Loaded>): LazyRouting<Loaded> {
  let loading: Promise<Loaded> | undefined;

  async function ready(): Promise<Loaded> {
    loading ??= load().then(
      loaded => (lazy.loaded = loaded),
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  }

  const lazy = {
    loaded: undefined as Loaded | undefined,
    use: <Value>(work: (loaded: Loaded) => Promise<Value>): Promise<Value> =>
      lazy.loaded === undefined ? ready().then(work) : work(lazy.loaded),
  };
  // A failure to load is reported to each caller that needs the code.
  ready().catch(() => {});
  return lazy;
}

/** {@link lazyRouting} for code that is loaded already. */
export function loadedRouting<Loaded extends RouterCore>(loaded: Loaded): LazyRouting<Loaded> {
  return { loaded, use: work => work(loaded) };
}

/**
 * The same promise, but a rejection because neither store nor spool has a record does not end the process if it is not handled. Observers
 * are notified of it, and an outage must not stop an application. A rejection for a mistake of the caller still ends the process.
 */
export function lossHandled<Value>(work: Promise<Value>): Promise<Value> {
  const promise = new Promise<Value>((resolve, reject) => {
    work.then(resolve, (error: unknown) => {
      if (RouterError.isInstance(error) && error.code === 'store-unusable') promise.catch(() => undefined);
      reject(error);
    });
  });
  return promise;
}
