/** The one source of randomness: a seeded generator that is passed in, never global. */

/** A stream of random numbers. Implementations are seeded, so that every run can be reproduced. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}
