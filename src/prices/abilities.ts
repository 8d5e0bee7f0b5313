/** The parameters that a model accepts, judging by its name and its address. */
import type { ModelAbilities } from '../contracts/model-abilities.ts';
import { ABILITIES } from './overlay-data/abilities.ts';
import type { ServedModel } from './served-model.ts';
import { servedBy, vendorsName } from './served-model.ts';

/** The vendors whose own servers refuse parameters that a model lacks. A gateway may translate the request instead. */
const OWN: readonly string[] = ['openai', 'azure', 'anthropic'];

const UNKNOWN: ModelAbilities = Object.freeze({});

/** @returns no `efforts` for a model of a gateway, which decides itself which levels it accepts */
export function abilitiesOf(served: ServedModel): ModelAbilities {
  const name = vendorsName(served.model);
  const known = ABILITIES.find(([family]) => family.test(name))?.[1] ?? UNKNOWN;
  if (OWN.includes(servedBy(served) ?? '')) return known;
  // Every server that speaks OpenAI's chat API knows this name, and some ignore the newer one.
  return { limitName: 'max_tokens', ...known, efforts: undefined };
}
