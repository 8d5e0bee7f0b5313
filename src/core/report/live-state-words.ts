/** Phrases in an explanation by which a page recognizes a state. */

/** Why a plan cannot be chosen while its provider fails. */
export const CIRCUIT_OPEN = 'its provider is failing or refuses it, the circuit is open';

/** Beginning of a note on why no new intent of a feature is served. */
export const INTENTS_REFUSED = 'New intents are refused';
