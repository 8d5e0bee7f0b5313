/** Cholesky's factor of a small symmetric positive definite matrix, and the solution of a system with it. */

/** The lower triangle L with L·Lᵀ = matrix. */
export function choleskyOf(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const rows: number[][] = [];
  for (const [i, wanted] of matrix.entries()) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      const other = j === i ? row : (rows[j] as number[]);
      let rest = wanted[j] as number;
      for (let k = 0; k < j; k++) rest -= (row[k] as number) * (other[k] as number);
      row.push(j === i ? Math.sqrt(rest) : rest / (other[j] as number));
    }
    rows.push(row);
  }
  return rows;
}

/** The x with L·Lᵀ·x = right. */
export function solve(factor: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const at = (i: number, j: number): number => (factor[i] as readonly number[])[j] as number;
  const x = [...right];
  for (let i = 0; i < x.length; i++) {
    let rest = x[i] as number;
    for (let k = 0; k < i; k++) rest -= at(i, k) * (x[k] as number);
    x[i] = rest / at(i, i);
  }
  for (let i = x.length - 1; i >= 0; i--) {
    let rest = x[i] as number;
    for (let k = i + 1; k < x.length; k++) rest -= at(k, i) * (x[k] as number);
    x[i] = rest / at(i, i);
  }
  return x;
}
