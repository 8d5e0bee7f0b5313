/** Checks the numbers that an application gives with an intent. */
import { invalidValue } from '../../errors.ts';

/**
 * @throws RouterError `invalid-value` unless it is a list of that many finite numbers, or one number where one is expected
 */
export function readNumbers(
  value: unknown,
  { count, path }: { readonly count: number; readonly path: string },
): ArrayLike<number> {
  const list = typeof value === 'number' ? [value] : value;
  const expected = count === 1 ? 'a finite number' : `a list of ${count} finite numbers`;
  if (!isArrayLike(list)) throw invalidValue(value, path, expected);
  if (list.length !== count) throw invalidValue(value, path, `${expected}, not ${list.length}`);
  for (let i = 0; i < count; i++)
    if (!Number.isFinite(list[i])) throw invalidValue(list[i], `${path}[${i}]`, 'a finite number');
  return list as ArrayLike<number>;
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
