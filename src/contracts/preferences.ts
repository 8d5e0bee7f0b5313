/** The published list of preferences: parameters that the router may leave out of a request to a model that refuses them. */
import type { Preference } from './preference-names.ts';

/**
 * Parameters that say how an answer should be made, not what it must contain, each with the reason why a reply without it
 * is still the reply that was asked for. A model that refuses one of them gets the request again without it. Every other
 * parameter is what the caller needs: a model that refuses it is not asked, and another candidate answers.
 */
export const PREFERENCES: Readonly<Record<Preference, string>> = Object.freeze({
  temperature: 'how the text is sampled',
  top_p: 'how the text is sampled',
  top_k: 'how the text is sampled',
  min_p: 'how the text is sampled',
  frequency_penalty: 'how the text is sampled',
  presence_penalty: 'how the text is sampled',
  repetition_penalty: 'how the text is sampled',
  seed: 'best effort at every provider',
  parallel_tool_calls: 'how many tools a turn may call, not which',
  verbosity: 'how long the text is',
  service_tier: 'speed and price; the price is read from the reply',
  speed: 'speed and price; the price is read from the reply',
  prediction: 'speed; the text is the same',
  prompt_cache_key: 'cost; the text is the same',
  prompt_cache_retention: 'cost; the text is the same',
  prompt_cache_options: 'cost; the text is the same',
  cache_control: 'cost; the text is the same',
  stream_options: 'usage in a stream, which the router then estimates',
});
