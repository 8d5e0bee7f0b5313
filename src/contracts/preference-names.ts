/** The names of the preferences alone, for a request on its way; why each one may be left out is in `preferences.ts`. */

export type Preference = (typeof PREFERENCE_NAMES)[number];

export const PREFERENCE_NAMES = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'parallel_tool_calls',
  'verbosity',
  'service_tier',
  'speed',
  'prediction',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'cache_control',
  'stream_options',
] as const;

/** The Responses API has the verbosity inside `text`. */
const INSIDE_TEXT = 'text.verbosity';

export function isPreference(parameter: string): boolean {
  return parameter === INSIDE_TEXT || PREFERENCE_NAMES.includes(parameter as Preference);
}
