/** `outcome-router/contracts`: everything needed to write a store, a policy, an observer, a wire or a price of your own. */
export { checkChange } from '../contracts/change.ts';
export type * from '../contracts/ledger-source.ts';
export type * from '../contracts/observer.ts';
export type * from '../contracts/policy.ts';
export type * from '../contracts/price-config.ts';
export type * from '../contracts/price.ts';
export type * from '../contracts/store.ts';
export type * from '../contracts/wire.ts';
export type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
export type { Cell, CellKey, CellScope, SumName, Sums } from '../core/cells/cell.ts';
export type { NanoUsd } from '../core/ledger/money.ts';
export type * from '../core/ledger/records.ts';
export type { Meter, Provenance, ServiceTier, Usage } from '../core/ledger/usage.ts';
export type * from '../core/ledger/vocabulary.ts';
export type { Random } from '../core/math/random.ts';
export type { PlanEstimate } from '../core/report/estimate.ts';
