/** Makes the random trials of another run again: a law that fails prints its seed, and this takes it. */
const seed = process.env['OUTCOME_ROUTER_SEED'];
if (seed !== undefined) (await import('fast-check')).configureGlobal({ seed: Number(seed) });
