/** Reads the part of an outcome table that a benchmark is about. */
import { RouterError } from '../src/errors.ts';
import type { ReadTableOptions, TableRead } from '../src/replay/table/read-table.ts';
import { readOutcomeTable } from '../src/replay/table/read-table.ts';

/** `undefined` if the file has only other features and models: a benchmark uses the parts that it finds in several files. */
export async function readPart(
  file: string,
  only: NonNullable<ReadTableOptions['only']>,
): Promise<TableRead | undefined> {
  try {
    return await readOutcomeTable(file, { only });
  } catch (error) {
    if (RouterError.isInstance(error) && error.message.includes('no row has the requested')) return undefined;
    throw error;
  }
}
