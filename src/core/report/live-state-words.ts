/** Phrases in an explanation by which a page recognises a state. */

/** Why a plan cannot be chosen while its provider fails. */
export const CIRCUIT_OPEN = 'its provider is failing or refuses it, the circuit is open';

/** How a note begins that says why no new intent of a feature is served. */
export const INTENTS_REFUSED = 'New intents are refused';
