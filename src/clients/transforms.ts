/** How requests must change for a model: as configured, and as learnt from 400 responses. */
import type { ResolvedModel } from '../config/resolved.ts';
import type { RequestTransform } from '../contracts/wire.ts';

export interface ModelTransforms {
  readonly of: (model: ResolvedModel) => RequestTransform | undefined;
  /**
   * Learns that the model does not support `parameter`.
   *
   * @param sentAs the transform that the refused request was sent with
   * @returns true when the request would now be sent differently; false when it was already sent without the parameter
   */
  learn(model: ResolvedModel, parameter: string, sentAs: RequestTransform | undefined): boolean;
}

/** Parameters that newer or older models accept under another name; any other refused parameter is dropped. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

/** @param warned called once per model and parameter: a dropped preference changes the replies that the caller gets */
export function learningTransforms(warned: (model: string, parameter: string) => void): ModelTransforms {
  const learnt = new Map<string, RequestTransform>();
  const of = (model: ResolvedModel): RequestTransform | undefined => learnt.get(model.name) ?? model.transform;
  return {
    of,
    learn(model, parameter, sentAs) {
      // Another request has changed the transform since.
      if (of(model) !== sentAs) return true;
      const known = sentAs ?? {};
      if (known.drop?.includes(parameter) === true || known.rename?.[parameter] !== undefined) return false;
      const otherName = OTHER_NAMES[parameter];
      const renamesBack = otherName !== undefined && known.rename?.[otherName] === parameter;
      learnt.set(
        model.name,
        otherName === undefined || renamesBack
          ? { ...known, drop: [...(known.drop ?? []), parameter] }
          : { ...known, rename: { ...known.rename, [parameter]: otherName } },
      );
      warned(model.name, parameter);
      return true;
    },
  };
}
