/** A dashboard against clients that follow no rule: `npm run test:crashes` sends 10,000 requests, the test some hundred. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { memory } from '../../src/stores/memory.ts';
import type { HostileTarget } from '../support/hostile-requests.ts';
import { hostileRequests, sendHostile } from '../support/hostile-requests.ts';

export interface AttackOptions {
  readonly seed: string;
  readonly requests: number;
  /** Requests at a time. */
  readonly clients: number;
  /** Long enough for any reply; a request that stops in the middle waits for nothing else. */
  readonly patienceMs: number;
  /** Called with what each request took that was answered, by the clock and of the CPU of this process. */
  readonly took?: (ms: number, cpuMs: number) => void;
}

/** Resolves to the requests without admission that got more than a refusal. */
export async function attack(target: HostileTarget, options: AttackOptions): Promise<readonly string[]> {
  const { seed, requests, clients, patienceMs, took } = options;
  const next = hostileRequests(target, seed);
  const answered: string[] = [];
  let sent = 0;
  async function client(): Promise<void> {
    while (sent++ < requests) {
      const { bytes, isAdmitted } = next();
      const before = process.cpuUsage();
      const { text, tookMs } = await sendHostile(target.port, bytes, patienceMs);
      const { user, system } = process.cpuUsage(before);
      if (tookMs !== undefined) took?.(tookMs, (user + system) / 1_000);
      if (!isAdmitted && !/^(?:HTTP\/1\.1 (?:4\d\d|100 Continue)\b|$)/.test(text)) answered.push(bytes);
      if (!isAdmitted && /support\.reply|The page/.test(text)) answered.push(bytes);
    }
  }
  await Promise.all(Array.from({ length: clients }, client));
  return answered;
}

export async function pageOf({ port, base, admits }: HostileTarget): Promise<string> {
  const bytes = `GET ${base}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${admits}\r\n\r\n`;
  return (await sendHostile(port, bytes, 5_000)).text;
}

export interface AttackResult {
  readonly requests: number;
  /** Requests that were answered without admission. */
  readonly leaks: number;
  readonly isAlive: boolean;
  /** 99 of 100 answers took less, by the clock: also what other programs of the machine took. */
  readonly p99Ms: number;
  /** CPU of the most expensive request, client included. */
  readonly slowestCpuMs: number;
}

/** The local dashboard, one request after the other. */
export async function attackDashboard(requests: number, progress: (done: number) => void): Promise<AttackResult> {
  const site = mkdtempSync(join(tmpdir(), 'outcome-router-'));
  writeFileSync(join(site, 'index.html'), '<p>The page</p>');
  const store = memory();
  const toMs = Date.now();
  await writeLedger(store, { intents: 1_000, seed: 1, fromMs: toMs - 20 * 86_400_000, toMs });
  const dashboard = await startDashboard({ store, site });
  try {
    const entered = await fetch(dashboard.newLink(), { redirect: 'manual' });
    const admits = `Cookie: ${entered.headers.get('set-cookie')?.split(';')[0] ?? ''}`;
    const target = { port: dashboard.port, base: '', admits };
    // The first answers read the ledger and compile the code.
    await attack(target, { seed: 'warm-up', requests: 200, clients: 1, patienceMs: 20 });
    const times: number[] = [];
    let slowestCpuMs = 0;
    const leaks = await attack(target, {
      seed: 'crash trials',
      requests,
      clients: 1,
      patienceMs: 20,
      took(ms, cpuMs) {
        slowestCpuMs = Math.max(slowestCpuMs, cpuMs);
        progress(times.push(ms));
      },
    });
    const p99Ms = times.sort((a, b) => a - b)[Math.floor(0.99 * times.length)] ?? 0;
    const isAlive = /^HTTP\/1\.1 200 OK\r\n[^]*The page/.test(await pageOf(target));
    return { requests, leaks: leaks.length, isAlive, p99Ms, slowestCpuMs };
  } finally {
    await dashboard.close();
    rmSync(site, { recursive: true });
  }
}
