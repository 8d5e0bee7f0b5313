/** A call of the AI SDK as a request to the Responses API. */
import type { JsonValue } from '../translate/neutral/json-text.ts';
import { strictSchema } from '../translate/openai/strict-schema.ts';
import { METADATA } from './metadata.ts';
import { inputItems } from './prompt.ts';
import type { SdkCall, CallWarning } from './specification.ts';

export interface WrittenRequest {
  readonly body: Readonly<Record<string, unknown>>;
  /** Requested features for which the API has no field. */
  readonly warnings: CallWarning[];
}

/** Settings that the Responses API has no field for. */
const UNSUPPORTED = ['topK', 'seed', 'presencePenalty', 'frequencyPenalty', 'stopSequences'] as const;

/**
 * @param model the slot of a feature or of an intent
 * @throws RouterError `invalid-value` for a file that this API cannot express
 */
export function writtenRequest(model: string, options: SdkCall, stream: boolean): WrittenRequest {
  const warnings: CallWarning[] = [];
  const unsupported = (feature: string): void => void warnings.push({ type: 'unsupported', feature });
  for (const name of UNSUPPORTED) if (hasValue(options[name])) unsupported(name);
  const { maxOutputTokens, temperature, topP, providerOptions } = options;
  const body = {
    model,
    input: inputItems(options.prompt, unsupported),
    max_output_tokens: maxOutputTokens,
    temperature,
    top_p: topP,
    ...written(options.responseFormat),
    ...tools(options, unsupported),
    ...effort(options.reasoning),
    // A stored reply would tie the conversation to its vendor.
    store: false,
    ...(stream && { stream }),
    ...providerOptions?.[METADATA],
  };
  return { body, warnings };
}

function hasValue(value: number | readonly string[] | undefined): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

function written(format: SdkCall['responseFormat']): object {
  if (format?.type !== 'json') return {};
  const { schema, name = 'response', description } = format;
  if (schema === undefined) return { text: { format: { type: 'json_object' } } };
  // Strict mode refuses a schema with optional properties.
  const strict = strictSchema(schema as JsonValue);
  const taken = { schema: strict ?? schema, strict: strict !== undefined };
  return { text: { format: { type: 'json_schema', name, description, ...taken } } };
}

function tools({ tools: given = [], toolChoice }: SdkCall, unsupported: (feature: string) => void): object {
  const written = given.flatMap(tool => {
    if (tool.type === 'function') {
      const { name, description, inputSchema: parameters, strict = false } = tool;
      return [{ type: 'function', name, description, parameters, strict }];
    }
    unsupported(`the tool ${tool.id}, which its vendor runs`);
    return [];
  });
  if (written.length === 0) return {};
  const choice = toolChoice?.type === 'tool' ? { type: 'function', name: toolChoice.toolName } : toolChoice?.type;
  return { tools: written, tool_choice: choice };
}

/** Encrypted reasoning is requested only with an effort: a model that does not reason refuses the request for it. */
function effort(level: SdkCall['reasoning']): object {
  if (level === undefined || level === 'provider-default') return {};
  if (level === 'none') return { reasoning: { effort: level } };
  return { reasoning: { effort: level, summary: 'auto' }, include: ['reasoning.encrypted_content'] };
}
