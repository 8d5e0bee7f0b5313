/** Repeats the random trials of another run: a failed law prints its seed, which is given here. */
const seed = process.env['OUTCOME_ROUTER_SEED'];
if (seed !== undefined) (await import('fast-check')).configureGlobal({ seed: Number(seed) });
