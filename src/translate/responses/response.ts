/** A response of OpenAI's Responses API, finished or still being written. */
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import type { Asked } from '../neutral/translator.ts';

/** The part of a response that does not repeat its request. */
export interface ResponseState {
  readonly model: string;
  readonly status: 'in_progress' | 'completed' | 'incomplete';
  readonly incomplete_details?: { readonly reason: string } | null;
  readonly output: readonly JsonValue[];
  readonly usage?: JsonObject | null;
}

/** The whole object: clients expect it to contain the fields of the request, or their defaults. */
export function responseObject({ request, id, nowS }: Asked, state: ResponseState): JsonObject {
  return {
    id,
    object: 'response',
    created_at: nowS,
    completed_at: state.status === 'completed' ? nowS : null,
    background: false,
    error: null,
    access_programs: null,
    previous_response_id: null,
    ...DEFAULTS,
    ...repeated(request),
    incomplete_details: null,
    usage: null,
    ...state,
  };
}

/** The response's values for fields that the request leaves out. */
const DEFAULTS: JsonObject = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  reasoning: { effort: null, summary: null },
  store: false,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
};

/** The fields that a response repeats from its request. */
export const REPEATED = [...Object.keys(DEFAULTS), 'max_tool_calls', 'prompt_cache_key', 'safety_identifier', 'user'];

function repeated(request: JsonObject): JsonObject {
  const found: Record<string, JsonValue> = {};
  for (const name of REPEATED) {
    const value = request[name];
    if (value !== undefined && value !== null) found[name] = value;
  }
  return found;
}
