/** What every store checks before it accepts a change. */
import { RouterError } from '../errors.ts';
import type { Change } from './store.ts';

/** Throws `invalid-value` unless the records continue the intent at the expected revision. */
export function checkChange(change: Change): void {
  const { intentId, feature, expectedRevision, records, dueAtMs } = change;
  if (!Number.isSafeInteger(expectedRevision) || expectedRevision < 0)
    throw new RouterError('invalid-value', `a change of intent "${intentId}" expects revision ${expectedRevision}`, {
      path: 'change.expectedRevision',
      accepted: 'the number of records the intent has: 0, 1, 2 …',
    });
  records.forEach((record, index) => {
    if (record.intentId !== intentId || record.feature !== feature || record.revision !== expectedRevision + index)
      throw new RouterError(
        'invalid-value',
        `record ${record.intentId}@${record.revision} of "${record.feature}" does not continue the change of intent "${intentId}"`,
        { path: `change.records[${index}]`, accepted: `${intentId}@${expectedRevision + index} of "${feature}"` },
      );
    if (!Number.isFinite(record.atMs)) throw notATime(`change.records[${index}].atMs`, record.atMs);
  });
  if (dueAtMs !== null && !Number.isFinite(dueAtMs)) throw notATime('change.dueAtMs', dueAtMs);
}

function notATime(path: string, value: number): RouterError {
  return new RouterError('invalid-value', `${value} is not a time`, { path, accepted: 'milliseconds since the epoch' });
}
