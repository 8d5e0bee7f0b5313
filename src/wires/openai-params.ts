/** A model's own parameters in the formats of OpenAI's two APIs. */
import type { Dialect } from './request-body.ts';

const LIMITS = ['max_tokens', 'max_completion_tokens'] as const;

export const chatSettings: Dialect['settings'] = (params, { abilities, facts }) => {
  const { effort, maxOutputTokens, temperature, serviceTier } = params;
  // A server that knows only one name has callers who use that name.
  const written = LIMITS.find(name => facts.parameter(name) !== undefined);
  const limit = written ?? abilities.limitName ?? 'max_completion_tokens';
  const limits = LIMITS.map(name => [name, name === limit ? maxOutputTokens : null]);
  return {
    reasoning_effort: effort,
    ...(maxOutputTokens === undefined ? {} : Object.fromEntries(limits)),
    temperature,
    service_tier: serviceTier,
  };
};

export const responsesSettings: Dialect['settings'] = ({ effort, maxOutputTokens, temperature, serviceTier }) => ({
  reasoning: effort && { effort },
  max_output_tokens: maxOutputTokens,
  temperature,
  service_tier: serviceTier,
});
