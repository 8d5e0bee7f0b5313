/** Compares the ledger with the provider's bill, exchange by exchange and to the nano-dollar, and its cells with a recount. */
import { isDeepStrictEqual } from 'node:util';
import type { Generation, Store } from '../../src/contracts/store.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { RouterError } from '../../src/errors.ts';
import type { FakeProvider } from '../../src/public/testing.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';

export interface Balance {
  /** All that the ledger has ever had, pruned intents included. */
  readonly ledgerNanoUsd: bigint;
  readonly billNanoUsd: bigint;
  /** Estimates of exchanges that the provider does not charge: no reply came, or one that is none of its API. */
  readonly unbilledNanoUsd: bigint;
  /** Exchanges on the bill, and those of them that are an attempt with that cost. */
  readonly billed: number;
  readonly found: number;
  /** Attempts whose cost is not that of the bill. */
  readonly mismatched: readonly string[];
  /** Cells that do not follow from the ledger. */
  readonly wrongCells: number;
}

/** An attempt that the provider need not charge: it costs nothing, or its reply never came or was none of the API. */
function mayBeUnbilled({ costNanoUsd, httpStatus, provenance, status, usage }: Attempt): boolean {
  if (costNanoUsd === 0) return true;
  return provenance === 'estimated' && usage.output === 0 && (httpStatus === undefined || status === 'broken');
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
export function books(store: Store, provider: FakeProvider): () => Promise<Balance> {
  const found = new Set<string>();
  const unbilled = new Map<string, number>();
  const mismatched = new Set<string>();

  async function read(costs: ReadonlyMap<string, bigint>) {
    let inLedgerNanoUsd = 0n;
    for await (const record of store.scan({ kind: 'attempted' })) {
      if (record.kind !== 'attempted') continue;
      const { attempt, intentId, revision } = record;
      const id = attempt.providerRequestId ?? '';
      const cost = costs.get(id);
      inLedgerNanoUsd += BigInt(attempt.costNanoUsd);
      if (cost === undefined && mayBeUnbilled(attempt)) unbilled.set(`${intentId} ${revision}`, attempt.costNanoUsd);
      else if (cost === BigInt(attempt.costNanoUsd)) found.add(id);
      else mismatched.add(`the bill says ${cost} nUSD: ${JSON.stringify(record)}`);
    }
    const features = await store.features();
    const cells = await Promise.all(features.map(async name => store.cells(name)));
    const pruned = await Promise.all(features.map(async name => store.prunedCells(name)));
    return { features, ledgerNanoUsd: costOf(cells.flat()), recordedNanoUsd: costOf(pruned.flat()) + inLedgerNanoUsd };
  }

  return async () => {
    const { requests, totalNanoUsd } = provider.bill();
    const costs = new Map(requests.map(({ requestId, costNanoUsd }) => [requestId, costNanoUsd]));
    const { features, ledgerNanoUsd, recordedNanoUsd } = await unchanged(store, async () => read(costs));
    let wrongCells = ledgerNanoUsd === recordedNanoUsd ? 0 : 1;
    for (const name of features) wrongCells += await wrongCellsOf(store, name);
    return {
      ledgerNanoUsd,
      billNanoUsd: totalNanoUsd,
      unbilledNanoUsd: [...unbilled.values()].reduce((sum, cost) => sum + BigInt(cost), 0n),
      billed: costs.size,
      found: found.size,
      mismatched: [...mismatched],
      wrongCells,
    };
  };
}
