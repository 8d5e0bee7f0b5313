/** What requests must change for a model: as configured, and as 400s have taught. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { RequestTransform } from '../contracts/wire.ts';

export interface Transforms {
  readonly of: (model: ResolvedModel) => RequestTransform | undefined;
  /**
   * The model does not take `parameter`. True when a request that was sent as `sentAs` would be sent otherwise now; false
   * when it was sent without the parameter already, so that there is nothing to learn.
   */
  learn(model: ResolvedModel, parameter: string, sentAs: RequestTransform | undefined): boolean;
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
    learn(model, parameter, sentAs) {
      // Another request has taught something since.
      if (of(model) !== sentAs) return true;
      const known = sentAs ?? {};
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
