/** What requests must change for a model: as configured, and as 400s have taught. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { RequestTransform } from '../wires/wire.ts';

export interface Transforms {
  readonly of: (model: ResolvedModel) => RequestTransform | undefined;
  /** The model does not take `parameter`: true when later requests will do without it, false when that was known already. */
  learn(model: ResolvedModel, parameter: string): boolean;
}

/** Parameters with a twin that newer or older models take instead; every other one is left out. */
const TWINS: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

/** @param warned told once per model and parameter, since a dropped preference changes what the caller gets */
export function learningTransforms(warned: (model: string, parameter: string) => void): Transforms {
  const learnt = new Map<string, RequestTransform>();
  const of = (model: ResolvedModel): RequestTransform | undefined => learnt.get(model.name) ?? model.transform;
  return {
    of,
    learn(model, parameter) {
      const known = of(model) ?? {};
      if (known.drop?.includes(parameter) === true || known.rename?.[parameter] !== undefined) return false;
      const twin = TWINS[parameter];
      const renamesBack = twin !== undefined && known.rename?.[twin] === parameter;
      learnt.set(
        model.name,
        twin === undefined || renamesBack
          ? { ...known, drop: [...(known.drop ?? []), parameter] }
          : { ...known, rename: { ...known.rename, [parameter]: twin } },
      );
      warned(model.name, parameter);
      return true;
    },
  };
}
