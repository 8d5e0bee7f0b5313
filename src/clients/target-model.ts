/** What translation needs to know about the configured model that a request is translated for. */
import type { ResolvedModel } from '../config/resolved.ts';
import { sha256Of } from '../sha-256.ts';
import type { TargetModel } from '../translate/neutral/translator.ts';

export function targetModel(resolved: ResolvedModel): TargetModel {
  const { providerModel, abilities, params } = resolved;
  return {
    ...abilities,
    model: providerModel,
    endpoint: endpointOf(resolved),
    maxOutputTokens: params?.maxOutputTokens ?? abilities.maxOutputTokens,
  };
}

const ENDPOINT_CHARS = 12;

/** A digest, because clients see it in the envelope of the reasoning that they send back, but must not see addresses. */
export function endpointOf({ baseURL = '' }: ResolvedModel): string {
  return sha256Of(baseURL, 'base64url').slice(0, ENDPOINT_CHARS);
}
