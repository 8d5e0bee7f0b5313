/** The only source of time, ids and randomness. It is injected, so that every run can be reproduced from a seed. */
import type { Random } from './core/math/random.ts';
import { seededRandom } from './core/math/random.ts';
import { RouterError } from './errors.ts';

/** Node's `process`, where there is one. */
const node = globalThis.process as Partial<typeof process> | undefined;

export interface Runtime {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Milliseconds on the monotonic clock: for latencies and time-outs. */
  elapsedMs(): number;
  /** Milliseconds of processor time that this thread has used so far, or the whole process where the time of a thread is unknown. */
  cpuMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when the signal is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `callback` once after `ms` unless cancelled; never keeps the process alive. */
  after(ms: number, callback: () => void): () => void;
  /**
   * Like `after`, but on the real clock: for waits that take real time, such as for a store's answer. Absent where `after` itself uses the
   * real clock.
   */
  readonly afterReal?: Runtime['after'];
  /** Calls `callback` every `ms` until cancelled; never keeps the process alive. */
  every(ms: number, callback: () => void): () => void;
  /** Calls `callback` once, after the current task and before any timer. */
  readonly soon: (callback: () => void) => void;
  /** A new unique id, sortable by time. */
  newId(): string;
  readonly random: Random;
}

/**
 * @param version of Node; another runtime states the version that it is compatible with, or none
 * @throws RouterError `unsupported-runtime` for one that is older than `engines` of the package says
 */
export function systemRuntime(seed?: string | number, version = node?.versions?.node): Runtime {
  const [major = 0, minor = 0] = version?.split('.').map(Number) ?? [];
  if (version !== undefined && (major < 22 || (major === 22 && minor < 13)))
    throw new RouterError('unsupported-runtime', `this is Node ${version}`, { accepted: 'Node 22.13 or later' });
  let clock: (() => number) | undefined;
  return {
    nowMs: Date.now,
    elapsedMs: () => performance.now(),
    cpuMs: () => (clock ??= cpuClock())(),
    sleep,
    after,
    every(ms, callback) {
      let cancel: () => void;
      const wait = (): void => {
        cancel = after(ms, () => {
          wait();
          callback();
        });
      };
      wait();
      return () => cancel();
    },
    soon,
    newId: idSource(),
    random: seed === undefined ? unseededRandom() : seededRandom(seed),
  };
}

/** Node before 23.9 knows only the whole process. Other platforms know only the time, and some have functions that fail. */
function cpuClock(): () => number {
  for (const used of [node?.threadCpuUsage, node?.cpuUsage]) {
    try {
      if (used?.() === undefined) continue;
      return () => {
        const { user, system } = used();
        return (user + system) / 1_000;
      };
    } catch {
      // Cloudflare has both functions, but neither is implemented.
    }
  }
  return () => performance.now();
}

/** Takes its seed with its first number, because some platforms have no randomness while a script is loaded. */
function unseededRandom(): Random {
  const random = {
    next(): number {
      const seed = Array.from(randomBytes(16), byte => byte.toString(16).padStart(2, '0')).join('');
      random.next = seededRandom(seed).next;
      return random.next();
    },
  };
  return random;
}

/** Uses the module `node:crypto` where there is one: Node's `fetch` loads it anyway, and the global `crypto` takes 3 ms more. */
function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  const ofNode = node?.getBuiltinModule?.('node:crypto');
  return ofNode === undefined ? crypto.getRandomValues(bytes) : ofNode.randomFillSync(bytes);
}

function soon(callback: () => void): void {
  if (globalThis.setImmediate === undefined) setTimeout(callback, 0);
  else setImmediate(callback);
}

/** Resolves when other work has had its turn. */
export async function nextTurn(): Promise<void> {
  await new Promise<void>(soon);
}

/** The longest time that a timer holds, some 24.8 days. Given a longer one, it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A longer time is divided into several timers. */
function after(ms: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (leftMs: number): void => {
    const partMs = Math.min(leftMs, MAX_TIMER_MS);
    try {
      timer = setTimeout(() => (leftMs > partMs ? wait(leftMs - partMs) : callback()), partMs);
    } catch {
      // Cloudflare has no timers while a script is loaded, and would end this one with the first request.
    }
    // Where a timer is a number, it cannot keep the process alive.
    (timer as Partial<NodeJS.Timeout> | undefined)?.unref?.();
  };
  wait(ms);
  return () => clearTimeout(timer);
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** Ordered by character code, so that the ids of one block sort in the order they were created. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/** 9 characters of time, 72 random bits drawn once per block of 4,096 ids, the number within the block: about 50 ns an id. */
function idSource(): () => string {
  let block = '';
  let head = '';
  let headMs = 0;
  let count = 0;
  return () => {
    const nowMs = Date.now();
    if (count % 4096 === 0)
      block = btoa(String.fromCharCode(...randomBytes(9)))
        .replaceAll('+', '-')
        .replaceAll('/', '_');
    if (nowMs !== headMs || count % 4096 === 0) {
      headMs = nowMs;
      head = nowMs.toString(36).padStart(9, '0') + block;
    }
    count = (count + 1) % 4096;
    return head + DIGITS.charAt(count >> 6) + DIGITS.charAt(count & 63);
  };
}
