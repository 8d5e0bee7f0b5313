/** `outcome-router/archive`: old intents in Parquet files, and a ledger that is read together with them. */
export type { ForgottenUser } from '../analysis/forget.ts';
export type { ForgetOptions } from '../analysis/forget-archived.ts';
export { forgetArchived } from '../analysis/forget-archived.ts';
export type { ArchiveOptions, ArchiveResult } from '../exports/archive/archive-ledger.ts';
export { archiveLedger } from '../exports/archive/archive-ledger.ts';
export type { ErasedIntents } from '../exports/archive/erase-archived.ts';
export type { ArchivedBase } from '../exports/archive/archived-base.ts';
export { archivedBase } from '../exports/archive/archived-base.ts';
export type { RecountOptions } from '../exports/archive/reader.ts';
export { withArchive } from '../exports/archive/archived-view.ts';
