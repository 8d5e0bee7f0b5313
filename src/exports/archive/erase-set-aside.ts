/** Erases intents in the files that an interrupted run left: they do not count, but they have records too. */
import { join } from 'node:path';
import { RouterError } from '../../errors.ts';
import type { DuckDb } from './duckdb.ts';
import { sqlText } from './duckdb.ts';
import { writeWithout } from './erase-in-run.ts';
import type { WantedIntents } from './find-intents.ts';
import { findIntents, IS_ERASED, makeErased } from './find-intents.ts';
import type { FileKind } from './manifest.ts';
import { filesSetAside } from './own-archive.ts';

/**
 * @returns how many files were written again
 * @throws RouterError `invalid-data` for a file that cannot be read
 */
export async function eraseSetAside(db: DuckDb, folder: string, wanted: WantedIntents): Promise<number> {
  const ids = new Set(wanted.ids);
  const records = await filesSetAside(folder, 'records');
  for (const path of records) {
    const list = `[${sqlText(join(folder, path))}]`;
    for (const { id } of await readable(path, async () => findIntents(db, list, wanted))) ids.add(id);
  }
  let written = 0;
  // The records come last: a call that goes on after an interrupted one finds the ids in them.
  const kinds: readonly (readonly [FileKind, readonly string[]])[] = [
    ['contributions', await filesSetAside(folder, 'contributions')],
    ['records', records],
  ];
  for (const [kind, paths] of kinds)
    for (const path of paths) {
      await makeErased(db, [...ids]);
      const from = `read_parquet(${sqlText(join(folder, path))}, hive_partitioning = false)`;
      const [row] = await readable(path, async () => db.rows(`SELECT count(*) FROM ${from} WHERE ${IS_ERASED}`));
      if (Number(row?.[0]) === 0) continue;
      await writeWithout(db, folder, { kind, from: path, to: path });
      written++;
    }
  return written;
}

async function readable<Result>(path: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    throw new RouterError('invalid-data', 'the file, which an interrupted run left, cannot be read', {
      path,
      accepted: 'the folder without it: such files are not needed',
      cause,
    });
  }
}
