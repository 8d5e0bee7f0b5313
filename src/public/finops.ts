/** `outcome-router/finops`: exports of the ledger as FOCUS and JSON lines; reading and applying a provider's bill; what sessions cost. */
export type { SessionAccount, SessionModelCost, SessionStep } from '../analysis/session-account.ts';
export type { RereadCause, SessionCacheCost } from '../core/report/session-cache-cost.ts';
export type { SessionOptions, SessionsOptions, SessionsReport, SessionTotals } from '../analysis/sessions.ts';
export { sessionAccounts, sessionIn, sessionsReport } from '../analysis/sessions.ts';
export type { GroupingOptions, GroupSource } from '../analysis/grouped-cells.ts';
export { breakdown } from '../analysis/grouped-cells.ts';
export type { Breakdown, GroupReport } from '../core/report/breakdown.ts';
export type { LedgerRange, LedgerSource } from '../contracts/ledger-source.ts';
export type { PriceLine } from '../contracts/price.ts';
export type { Change } from '../contracts/store.ts';
export type { BillRounding, BillRow, RowKind } from '../exports/bill/bill-row.ts';
export type { BillOptions } from '../exports/bill/bill.ts';
export { readBill } from '../exports/bill/bill.ts';
export type { AppliedCosts, BilledCostOptions } from '../exports/bill/billed-costs.ts';
export { applyBilledCosts, billedCostChanges } from '../exports/bill/billed-costs.ts';
export type { DifferencePart, DifferenceReason } from '../exports/bill/differences.ts';
export type { SkuEntry } from '../exports/bill/sku-map.ts';
export { parseSkuMap } from '../exports/bill/sku-map.ts';
export type { PriceDrift } from '../exports/bill/price-drift.ts';
export type {
  ReconciledItem,
  ItemGroup,
  ComparedBy,
  Reconciliation,
  ReconcileOptions,
} from '../exports/bill/reconcile.ts';
export { reconcile } from '../exports/bill/reconcile.ts';
export type { AttemptCharge, Charge, Charged, LinePrice, PriceOf } from '../exports/focus/charges.ts';
export type { Adjustments, FocusOptions } from '../exports/focus/focus.ts';
export { exportFocus } from '../exports/focus/focus.ts';
export type { FocusVendor, FocusVersion } from '../exports/focus/focus-columns.ts';
export { FOCUS_VERSIONS } from '../exports/focus/focus-columns.ts';
export type { CopyOptions, CopyResult } from '../exports/ledger/copy-ledger.ts';
export { copyLedger } from '../exports/ledger/copy-ledger.ts';
export type { LedgerExportOptions, LeftOut } from '../exports/ledger/export-ledger.ts';
export { exportLedger } from '../exports/ledger/export-ledger.ts';
export type { ImportOptions, ImportResult, LedgerTarget } from '../exports/ledger/import-ledger.ts';
export { importLedger } from '../exports/ledger/import-ledger.ts';
export type { RebuildOptions, RebuildResult } from '../stores/rebuild.ts';
export { rebuildCells } from '../stores/rebuild.ts';
