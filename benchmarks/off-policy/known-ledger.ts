/** A ledger of a world whose truth is known. */
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import type { ReplayedLedger } from '../../src/replay/ledger/replayed-ledger.ts';
import type { World } from '../../src/replay/worlds/world.ts';

export interface KnownLedger extends ReplayedLedger {
  readonly records: readonly LedgerRecord[];
  readonly world: World;
}
