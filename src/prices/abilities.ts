/** What a model takes, as far as its name and its address say. */
import type { ModelAbilities } from '../contracts/model-abilities.ts';
import { ABILITIES } from './overlay-data/abilities.ts';
import type { ServedModel } from './served-model.ts';
import { servedBy, vendorsName } from './served-model.ts';

/** The vendors whose own servers refuse what their models lack. A gateway may turn it into something that they take. */
const OWN: readonly string[] = ['openai', 'azure', 'anthropic'];

const UNKNOWN: ModelAbilities = Object.freeze({});

/** @returns a model of a gateway has no `efforts`: which levels it takes is the gateway's to say */
export function abilitiesOf(served: ServedModel): ModelAbilities {
  const name = vendorsName(served.model);
  const known = ABILITIES.find(([family]) => family.test(name))?.[1] ?? UNKNOWN;
  if (OWN.includes(servedBy(served) ?? '')) return known;
  // Every server that speaks OpenAI's chat API knows this name, and some ignore the newer one.
  return { limitName: 'max_tokens', ...known, efforts: undefined };
}
