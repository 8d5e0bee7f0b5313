/** Random requests and replies of Anthropic's API, made from the types of its SDK, and the one form of those that mean the same. */
import type { SeededRandom } from '../../../src/core/math/random.ts';
import type { JsonObject, JsonValue } from '../../../src/translate/neutral/json-text.ts';
import { isList, isObject } from '../../../src/translate/neutral/json-values.ts';
import type { RandomOptions } from '../../support/random-values.ts';
import { oddJson, pick, randomText, randomValue } from '../../support/random-values.ts';
import { sdkShapes } from '../../support/sdk-shapes.ts';

const FOLDER = 'node_modules/@anthropic-ai/sdk/resources';
const FILES = [`${FOLDER}/messages/messages.d.ts`, `${FOLDER}/beta/messages/messages.d.ts`] as const;

const { shapeOf } = sdkShapes();

/** Blocks and tools that other APIs have are common, all others rare. */
const WEIGHTS: Readonly<Record<string, number>> = {
  other: 0.05,
  ...weighted(2, [
    'TextBlockParam',
    'ToolUseBlockParam',
    'ToolResultBlockParam',
    'TextBlock',
    'ToolUseBlock',
    'Tool',
    'UserMessageParam',
    'AssistantMessageParam',
    'ToolChoiceAuto',
    'ToolChoiceAny',
    'ToolChoiceTool',
  ]),
  ...weighted(0.5, [
    'ImageBlockParam',
    'ThinkingBlock',
    'DocumentBlockParam',
    'RequestDocumentBlock',
    'ThinkingBlockParam',
  ]),
  ThinkingConfigAdaptive: 1,
  ThinkingConfigEnabled: 1,
  ThinkingConfigDisabled: 1,
  ToolChoiceNone: 1,
};

/** The same weight for the types of the plain API and of the beta. */
function weighted(weight: number, types: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(types.flatMap(type => [type, `Beta${type}`].map(name => [name, weight] as const)));
}

const FIELDS: RandomOptions['fields'] = {
  input: oddJson,
  model: () => 'claude-x',
  schema: random => pick(random, [{ type: 'object', properties: {}, additionalProperties: false }, { type: 'string' }]),
  input_schema: random => pick(random, [{ type: 'object' }, { type: 'object', properties: { a: { type: 'string' } } }]),
  signature: random => `sig${randomText(random)}`,
};

/** The body of a request, plain or beta. */
export function randomAnthropicRequest(random: SeededRandom): JsonObject {
  const file = pick(random, FILES);
  const request = randomValue(shapeOf(file, 'MessageCreateParamsBase'), random, {
    weights: WEIGHTS,
    fields: FIELDS,
    optional: 0.3,
  });
  return request as JsonObject;
}

export function randomAnthropicReply(random: SeededRandom): JsonObject {
  const file = pick(random, FILES);
  const type = file === FILES[0] ? 'Message' : 'BetaMessage';
  const reply = randomValue(shapeOf(file, type), random, { weights: WEIGHTS, fields: FIELDS }) as JsonObject;
  const content = isList(reply.content) ? reply.content : [];
  const calls = content.some(block => isObject(block) && block.type === 'tool_use');
  // The stop reason agrees with the blocks.
  const reason = calls
    ? pick(random, ['tool_use', 'max_tokens', 'pause_turn'])
    : pick(random, [
        'end_turn',
        'stop_sequence',
        'max_tokens',
        'refusal',
        'model_context_window_exceeded',
        'pause_turn',
      ]);
  return { ...reply, stop_reason: reason, stop_sequence: reason === 'stop_sequence' ? 'END' : null };
}

/** Fields whose documented default has the same effect as leaving the field out, by the field's name. */
const DEFAULTS: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  ttl: value => value === '5m',
  is_error: value => value === false,
  stream: value => value === false,
  disable_parallel_tool_use: value => value === false,
  stop_sequences: value => isList(value) && value.length === 0,
  tools: value => isList(value) && value.length === 0,
  system: value => isList(value) && value.length === 0,
  metadata: value => isObject(value) && Object.keys(value).length === 0,
  output_config: value => isObject(value) && Object.keys(value).length === 0,
  citations: value => isObject(value) && value.enabled !== true,
  tool_choice: value => JSON.stringify(value) === '{"type":"auto"}',
  caller: value => isObject(value) && value.type === 'direct',
};

/**
 * One form for all bodies with the same meaning: nothing that is null, absent or the documented default, and a text as a list of one block.
 * Bodies are parsed with their inputs as texts.
 */
export function canonicalAnthropic(value: JsonValue, name = ''): JsonValue {
  if (isList(value)) return value.map(each => canonicalAnthropic(each));
  if (!isObject(value)) {
    return typeof value === 'string' && (name === 'content' || name === 'system')
      ? [{ text: value, type: 'text' }]
      : value;
  }
  const made: Record<string, JsonValue> = {};
  const isResult = value.type === 'tool_result';
  for (const key of Object.keys(value).toSorted()) {
    const member = value[key];
    if (member === undefined || member === null) continue;
    // Texts inside the content of other parts stay plain texts.
    const isContent =
      key === 'system' || (key === 'content' && ('role' in value || isResult || value.type === 'content'));
    const inner = canonicalAnthropic(member, isContent ? key : '');
    if (Object.hasOwn(DEFAULTS, key) && DEFAULTS[key]?.(inner) === true) continue;
    if ((isResult || value.role === 'system') && key === 'content' && isList(inner) && inner.length === 0) continue;
    if ('input_schema' in value && key === 'type' && inner === 'custom') continue;
    made[key] = inner;
  }
  return made;
}
