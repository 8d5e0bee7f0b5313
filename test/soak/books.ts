/** Compares the ledger with the provider's bill, exchange by exchange and to the nano-dollar, and its cells with a recount. */
import { isDeepStrictEqual } from 'node:util';
import type { Generation, Store } from '../../src/contracts/store.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { RouterError } from '../../src/errors.ts';
import type { FakeProvider } from '../../src/public/testing.ts';
import type { BilledRequest } from '../../src/testing/fake-bill.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { INTENT_HEADER } from './application.ts';

export interface Balance {
  /** All that the ledger has ever had, pruned intents included. */
  readonly ledgerNanoUsd: bigint;
  readonly billNanoUsd: bigint;
  /**
   * By how much the ledger exceeds the bill for exchanges whose cost it marks as an estimate: no reply came, or the reply was incomplete or
   * not in the format of the API.
   */
  readonly estimatedNanoUsd: bigint;
  /** Exchanges on the bill, and those of them that are an attempt: with that cost, or with an estimate in place of it. */
  readonly billed: number;
  readonly found: number;
  /** Those with an estimate: the application did not wait for the reply that the provider charges. */
  readonly estimated: number;
  /** Attempts whose cost differs from the bill, and is not marked as an estimate. */
  readonly mismatched: readonly string[];
  /** Cells that do not follow from the ledger. */
  readonly wrongCells: number;
}

/** An attempt that the provider need not charge: it costs nothing, or its reply never came or was none of the API. */
function mayBeUnbilled({ costNanoUsd, httpStatus, provenance, status, usage }: Attempt): boolean {
  if (costNanoUsd === 0) return true;
  return provenance === 'estimated' && usage.output === 0 && (httpStatus === undefined || status === 'broken');
}

/** Nothing of a reply arrived: the attempt cannot name the exchange on the bill, if it is there. */
function isUnanswered({ httpStatus, provenance, providerRequestId, usage }: Attempt): boolean {
  return (
    providerRequestId === undefined && httpStatus === undefined && provenance === 'estimated' && usage.output === 0
  );
}

/** The application or the router ended it before the whole reply was there: what the provider had sent by then is not known. */
function isCutShort({ provenance, status }: Attempt): boolean {
  return provenance === 'estimated' && (status === 'timeout' || status === 'aborted');
}

function costOf(cells: readonly Cell[]): bigint {
  return cells.reduce((sum, { key, sums }) => sum + (key.scope === 'plan' ? (sums.cost ?? 0n) : 0n), 0n);
}

async function generationsOf(store: Store): Promise<ReadonlyMap<string, Generation>> {
  return store.generations(await store.features());
}

/** Reads again until no process has written meanwhile: routers label silent intents at any time. */
async function unchanged<Value>(store: Store, read: () => Promise<Value>): Promise<Value> {
  for (;;) {
    const before = await generationsOf(store);
    const value = await read();
    if (isDeepStrictEqual(await generationsOf(store), before)) return value;
  }
}

/** The cells of a feature that do not follow from its records. */
async function wrongCellsOf(store: Store, feature: string): Promise<number> {
  for (;;) {
    try {
      return (await rebuildCells(store, feature)).corrected;
    } catch (error) {
      // Another process wrote meanwhile.
      if (!RouterError.isInstance(error) || error.code !== 'store-unusable') throw error;
    }
  }
}

/** Books that are balanced again and again; they remember the exchanges whose records are pruned later. */
export function books(store: Store, provider: Pick<FakeProvider, 'bill' | 'requests'>): () => Promise<Balance> {
  const found = new Set<string>();
  /** By how much the ledger exceeds the bill, for each attempt. */
  const unbilled = new Map<string, bigint>();
  const cutShort = new Set<string>();
  /** Attempts without a reply, by intent. */
  const unanswered = new Map<string, Set<number>>();
  const mismatched = new Set<string>();
  /** The intents of exchanges without a reply, whose log entries the provider forgets. */
  const intents = new Map<string, string>();

  async function read(costs: ReadonlyMap<string, bigint>) {
    let inLedgerNanoUsd = 0n;
    for await (const record of store.scan({ kind: 'attempted' })) {
      if (record.kind !== 'attempted') continue;
      const { attempt, intentId, revision } = record;
      const id = attempt.providerRequestId ?? '';
      const cost = costs.get(id);
      const costNanoUsd = BigInt(attempt.costNanoUsd);
      inLedgerNanoUsd += costNanoUsd;
      // An exchange that was not on the bill at the last check may be there by now.
      unbilled.delete(`${intentId} ${revision}`);
      if (isUnanswered(attempt)) unanswered.set(intentId, (unanswered.get(intentId) ?? new Set()).add(revision));
      if (cost === undefined ? mayBeUnbilled(attempt) : cost !== costNanoUsd && isCutShort(attempt)) {
        unbilled.set(`${intentId} ${revision}`, costNanoUsd - (cost ?? 0n));
        if (cost !== undefined) cutShort.add(id);
      } else if (cost === costNanoUsd) found.add(id);
      else mismatched.add(`the bill says ${cost} nUSD: ${JSON.stringify(record)}`);
    }
    const features = await store.features();
    const cells = await Promise.all(features.map(async name => store.cells(name)));
    const pruned = await Promise.all(features.map(async name => store.prunedCells(name)));
    return { features, ledgerNanoUsd: costOf(cells.flat()), recordedNanoUsd: costOf(pruned.flat()) + inLedgerNanoUsd };
  }

  /**
   * Exchanges on the bill of which no attempt has the id, because no reply arrived. Each needs an attempt of its own, of its intent,
   * that says so; those of an intent with too few of them are missing.
   */
  function withoutReply(requests: readonly BilledRequest[]): readonly BilledRequest[] {
    const open = requests.filter(({ requestId }) => !found.has(requestId) && !cutShort.has(requestId));
    const wanted = new Set(open.map(({ requestId }) => requestId));
    for (const { requestId, headers } of provider.requests())
      if (wanted.has(requestId)) intents.set(requestId, String(headers[INTENT_HEADER]));
    const byIntent = Map.groupBy(open, ({ requestId }) => intents.get(requestId) ?? '');
    return [...byIntent].flatMap(([intent, lines]) =>
      lines.length <= (unanswered.get(intent)?.size ?? 0) ? lines : [],
    );
  }

  return async () => {
    const { requests, totalNanoUsd } = provider.bill();
    const costs = new Map(requests.map(({ requestId, costNanoUsd }) => [requestId, costNanoUsd]));
    const { features, ledgerNanoUsd, recordedNanoUsd } = await unchanged(store, async () => read(costs));
    let wrongCells = ledgerNanoUsd === recordedNanoUsd ? 0 : 1;
    for (const name of features) wrongCells += await wrongCellsOf(store, name);
    const lines = withoutReply(requests);
    const estimates = [...unbilled.values(), ...lines.map(({ costNanoUsd }) => -costNanoUsd)];
    return {
      ledgerNanoUsd,
      billNanoUsd: totalNanoUsd,
      estimatedNanoUsd: estimates.reduce((sum, cost) => sum + cost, 0n),
      billed: costs.size,
      found: found.size + cutShort.size + lines.length,
      estimated: cutShort.size + lines.length,
      mismatched: [...mismatched],
      wrongCells,
    };
  };
}
