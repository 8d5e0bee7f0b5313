/** Random requests of OpenAI's APIs, made from the types of its SDK, and the one form of those that mean the same. */
import type { SeededRandom } from '../../../src/core/math/random.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import type { RandomOptions } from '../../support/random-values.ts';
import { oddJson, pick, randomValue } from '../../support/random-values.ts';
import { sdkShapes } from '../../support/sdk-shapes.ts';

const CHAT = 'node_modules/openai/resources/chat/completions/completions.d.ts';
const RESPONSES = 'node_modules/openai/resources/responses/responses.d.ts';

const { shapeOf } = sdkShapes();

/** What other APIs have too is common, everything else rare. */
const WEIGHTS: Readonly<Record<string, number>> = {
  other: 0.05,
  ...Object.fromEntries(
    [
      'ChatCompletionUserMessageParam',
      'ChatCompletionAssistantMessageParam',
      'ChatCompletionToolMessageParam',
      'ChatCompletionContentPartText',
      'ChatCompletionMessageFunctionToolCall',
      'ChatCompletionFunctionTool',
      'ResponseFormatJSONSchema',
      'EasyInputMessage',
      'ResponseOutputMessage',
      'ResponseFunctionToolCall',
      'FunctionCallOutput',
      'ResponseInputText',
      'ResponseOutputText',
      'FunctionTool',
      'ResponseFormatTextJSONSchemaConfig',
      'ToolChoiceOptions',
    ].map(name => [name, 2]),
  ),
  ...Object.fromEntries(
    ['ChatCompletionSystemMessageParam', 'ChatCompletionDeveloperMessageParam', 'ChatCompletionContentPartImage'].map(
      name => [name, 0.3],
    ),
  ),
  ResponseReasoningItem: 0.2,
  ResponseInputImage: 0.3,
  ResponseInputFile: 0.3,
};

const FIELDS: RandomOptions['fields'] = {
  url: random => pick(random, ['https://x.example/y.png', 'data:image/png;base64,aGk=']),
  file_data: () => 'data:application/pdf;base64,aGk=',
  arguments: random => oddJson(random).text,
  model: () => 'gpt-x',
  schema: () => ({ type: 'object', properties: {}, additionalProperties: false }),
  parameters: random =>
    pick(random, [
      { type: 'object', properties: {} },
      { type: 'object', properties: { a: { type: 'string' } } },
    ]),
};

const OPTIONS: RandomOptions = { weights: WEIGHTS, fields: FIELDS, optional: 0.15, fewest: 1 };

/** A body that the vendor would take: its types allow fields beside each other that it refuses. */
export function randomChatRequest(random: SeededRandom): JsonObject {
  const body = randomValue(shapeOf(CHAT, 'ChatCompletionCreateParamsBase'), random, OPTIONS) as JsonObject;
  const { tools, functions, function_call: older, tool_choice: choice, parallel_tool_calls: parallel, ...rest } = body;
  const { max_tokens: limit, max_completion_tokens: newer } = rest;
  return {
    ...rest,
    // One of two names for the same.
    ...(newer === undefined || newer === null ? { max_tokens: limit } : { max_tokens: undefined }),
    ...(rest.user !== undefined && { safety_identifier: undefined }),
    ...(tools === undefined || tools === null
      ? functions && { functions, function_call: older }
      : { tools, tool_choice: choice, parallel_tool_calls: parallel }),
    logprobs: rest.top_logprobs === undefined || rest.top_logprobs === null ? rest.logprobs : true,
  };
}

export function randomResponsesRequest(random: SeededRandom): JsonObject {
  const body = randomValue(shapeOf(RESPONSES, 'ResponseCreateParamsBase'), random, OPTIONS) as JsonObject;
  const { tool_choice: choice, parallel_tool_calls: parallel, user, ...rest } = body;
  const hasTools = rest.tools !== undefined && rest.tools !== null;
  return {
    model: 'gpt-x',
    // Its type lets it be left out, which no request does.
    input: randomValue(shapeOf(RESPONSES, 'ResponseInput'), random, OPTIONS),
    ...rest,
    ...(hasTools && { tool_choice: choice, parallel_tool_calls: parallel }),
    ...(user !== undefined && { user, safety_identifier: undefined }),
  };
}
