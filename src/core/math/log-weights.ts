/** Weights that are known by their logarithms: their sum, and the weights as probabilities. */

/** ln Σ exp(log). */
export function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0));
}

/** Probabilities from their logarithms, up to a constant. */
export function normalised(logs: readonly number[]): readonly number[] {
  const most = Math.max(...logs);
  const weights = logs.map(log => Math.exp(log - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map(weight => weight / total);
}
