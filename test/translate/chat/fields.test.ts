/** Every field of the SDK's types is read, or is kept with a mark; and every mark belongs to an existing field. */
import { describe, expect, test } from 'vitest';
import { CHAT_FIELDS } from '../../../src/translate/chat/fields.ts';
import { literalsOf, objectsOf, sdkShapes } from '../../support/sdk-shapes.ts';

const FILE = 'node_modules/openai/resources/chat/completions/completions.d.ts';
const SHARED = 'node_modules/openai/resources/shared.d.ts';

const { shapeOf } = sdkShapes();

type Table = keyof typeof CHAT_FIELDS;

/** The types of the SDK that are one object of our table; `inside`: the object that one of their fields holds. */
const TYPES: Readonly<
  Record<Table, readonly { readonly type: string; readonly inside?: string; readonly file?: string }[]>
> = {
  request: [{ type: 'ChatCompletionCreateParamsBase' }],
  stream_options: [{ type: 'ChatCompletionStreamOptions' }],
  response_format: ['Text', 'JSONSchema', 'JSONObject'].map(name => ({ type: `ResponseFormat${name}`, file: SHARED })),
  json_schema: [{ type: 'ResponseFormatJSONSchema', inside: 'json_schema', file: SHARED }],
  message: ['Developer', 'System', 'User'].map(name => ({ type: `ChatCompletion${name}MessageParam` })),
  assistant: [{ type: 'ChatCompletionAssistantMessageParam' }],
  tool_message: [{ type: 'ChatCompletionToolMessageParam' }],
  function_message: [{ type: 'ChatCompletionFunctionMessageParam' }],
  tool_call: [{ type: 'ChatCompletionMessageFunctionToolCall' }, { type: 'ChatCompletionMessageCustomToolCall' }],
  called: [
    { type: 'ChatCompletionMessageFunctionToolCall', inside: 'function' },
    { type: 'ChatCompletionMessageCustomToolCall', inside: 'custom' },
    { type: 'ChatCompletionAssistantMessageParam', inside: 'function_call' },
  ],
  text: [{ type: 'ChatCompletionContentPartText' }],
  refusal: [{ type: 'ChatCompletionContentPartRefusal' }],
  image_url: [{ type: 'ChatCompletionContentPartImage' }],
  input_audio: [{ type: 'ChatCompletionContentPartInputAudio' }],
  file: [{ type: 'ChatCompletionContentPart' }],
  image: [{ type: 'ChatCompletionContentPartImage', inside: 'image_url' }],
  audio: [{ type: 'ChatCompletionContentPartInputAudio', inside: 'input_audio' }],
  file_source: [{ type: 'ChatCompletionContentPart', inside: 'file' }],
  tool: [{ type: 'ChatCompletionFunctionTool' }, { type: 'ChatCompletionCustomTool' }],
  function: [{ type: 'FunctionDefinition', file: SHARED }],
  custom: [{ type: 'ChatCompletionCustomTool', inside: 'custom' }],
  custom_format: [{ type: 'ChatCompletionCustomTool', inside: 'custom.format' }],
  tool_choice: [{ type: 'ChatCompletionAllowedToolChoice' }],
  allowed_tools: [{ type: 'ChatCompletionAllowedTools' }],
  chosen: [
    { type: 'ChatCompletionNamedToolChoice', inside: 'function' },
    { type: 'ChatCompletionNamedToolChoiceCustom', inside: 'custom' },
    { type: 'ChatCompletionFunctionCallOption' },
  ],
};

const IN_REPLIES = [
  'annotations',
  'citations',
  'id',
  'index',
  'parsed',
  'provider_specific_fields',
  'reasoning',
  'reasoning_details',
  'thinking_blocks',
];
const WHOLE_REPLY = [...IN_REPLIES, 'audio', 'content', 'reasoning_content', 'refusal', 'role', 'tool_calls'];

/** Fields that clients send, and the types do not have. */
const UNTYPED: Partial<Record<Table, readonly string[]>> = {
  // Of responses, and sent by mistake.
  stream_options: [],
  assistant: [...IN_REPLIES, 'reasoning_content'],
  tool_message: ['name'],
  text: WHOLE_REPLY,
  refusal: WHOLE_REPLY.filter(name => name !== 'refusal'),
  tool_call: ['index', 'extra_content', 'provider_specific_fields'],
  called: ['parsed_arguments'],
};

function objects({ type, inside, file = FILE }: (typeof TYPES)[Table][number]) {
  const found = objectsOf(shapeOf(file, type));
  // A union of parts: the one that is tested here.
  const those =
    type === 'ChatCompletionContentPart' ? found.filter(each => literalsOf(each, 'type').includes('file')) : found;
  return (inside?.split('.') ?? []).reduce(
    (outer, name) =>
      outer.flatMap(each => {
        const field = each.fields.get(name);
        return field === undefined ? [] : objectsOf(field.shape);
      }),
    those,
  );
}

describe('the table of fields of chat completions', () => {
  test.each(Object.entries(TYPES))('the table has every field of %s, and no other', (name, types) => {
    const { read, own } = CHAT_FIELDS[name as Table];
    const listed = [...read, ...Object.keys(own)];
    const there = new Set(types.flatMap(objects).flatMap(({ fields }) => [...fields.keys()]));

    expect(listed.filter(field => !UNTYPED[name as Table]?.includes(field)).toSorted()).toStrictEqual(
      [...there].toSorted(),
    );
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('the reader knows every role, part, tool and format', () => {
    const known = (type: string, name = 'type', file = FILE): readonly string[] =>
      [...new Set(objectsOf(shapeOf(file, type)).flatMap(each => literalsOf(each, name)))].toSorted();

    expect(known('ChatCompletionMessageParam', 'role')).toStrictEqual([
      'assistant',
      'developer',
      'function',
      'system',
      'tool',
      'user',
    ]);
    expect(known('ChatCompletionContentPart')).toStrictEqual(['file', 'image_url', 'input_audio', 'text']);
    expect(known('ChatCompletionTool')).toStrictEqual(['custom', 'function']);
    expect(known('ChatCompletionMessageToolCall')).toStrictEqual(['custom', 'function']);
  });

  test('every field that is kept has a reason', () => {
    for (const { own } of Object.values(CHAT_FIELDS))
      for (const { reason } of Object.values(own)) expect(reason).toMatch(/^[a-z].+[^.]$/);
  });
});
