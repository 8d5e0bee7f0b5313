/** Every field of the SDK's types is read, or is kept with a mark; and every mark belongs to an existing field. */
import { describe, expect, test } from 'vitest';
import { OPAQUE_ITEMS, OPAQUE_TOOLS, RESPONSES_FIELDS } from '../../../src/translate/responses/fields.ts';
import { literalsOf, objectsOf, sdkShapes } from '../../support/sdk-shapes.ts';

const FILE = 'node_modules/openai/resources/responses/responses.d.ts';
const COUNT = 'node_modules/openai/resources/responses/input-tokens.d.ts';
const SHARED = 'node_modules/openai/resources/shared.d.ts';

const { shapeOf } = sdkShapes();

type Table = keyof typeof RESPONSES_FIELDS;

interface SdkType {
  readonly type: string;
  readonly file?: string;
  /** Of a union, the members with this `type`. */
  readonly of?: string;
}

/** The types of the SDK that are one object of our table. */
const TYPES: Readonly<Record<Table, readonly (SdkType & { readonly inside?: string })[]>> = {
  request: [{ type: 'ResponseCreateParamsBase' }, { type: 'InputTokenCountParams', file: COUNT }],
  stream_options: [{ type: 'ResponseCreateParamsBase', inside: 'stream_options' }],
  text_config: [{ type: 'ResponseTextConfig' }],
  format: [{ type: 'ResponseFormatTextConfig' }],
  reasoning_config: [{ type: 'Reasoning', file: SHARED }],
  message: [{ type: 'EasyInputMessage' }, { type: 'ResponseOutputMessage' }],
  function_call: [{ type: 'ResponseFunctionToolCall' }, { type: 'ResponseFunctionToolCallItem' }],
  custom_tool_call: [{ type: 'ResponseCustomToolCall' }, { type: 'ResponseCustomToolCallItem' }],
  function_call_output: [
    { type: 'ResponseInputItem', of: 'function_call_output' },
    { type: 'ResponseFunctionToolCallOutputItem' },
  ],
  custom_tool_call_output: [{ type: 'ResponseCustomToolCallOutput' }, { type: 'ResponseCustomToolCallOutputItem' }],
  reasoning: [{ type: 'ResponseReasoningItem' }],
  input_text: [{ type: 'ResponseInputText' }, { type: 'ResponseInputTextContent' }],
  output_text: [{ type: 'ResponseOutputText' }],
  refusal: [{ type: 'ResponseOutputRefusal' }],
  input_image: [{ type: 'ResponseInputImage' }, { type: 'ResponseInputImageContent' }],
  input_file: [{ type: 'ResponseInputFile' }, { type: 'ResponseInputFileContent' }],
  function: [{ type: 'FunctionTool' }],
  custom: [{ type: 'CustomTool' }],
  custom_format: [{ type: 'CustomToolInputFormat', file: SHARED }],
  allowed_tools: [{ type: 'ToolChoiceAllowed' }],
  chosen: [{ type: 'ToolChoiceFunction' }, { type: 'ToolChoiceCustom' }],
};

/** Fields that clients send, and the types do not have. */
const UNTYPED: Partial<Record<Table, readonly string[]>> = {
  // Newer than the SDK of the project.
  request: ['background_options'],
  stream_options: ['include_usage'],
  function_call: ['parsed_arguments'],
  custom_tool_call: ['parsed_arguments', 'created_by', 'status'],
  custom_tool_call_output: ['parsed_arguments', 'async', 'namespace'],
  function_call_output: ['parsed_arguments', 'async'],
  output_text: ['parsed'],
};

function objects({ type, file = FILE, of, inside }: (typeof TYPES)[Table][number]) {
  const found = objectsOf(shapeOf(file, type));
  const those = of === undefined ? found : found.filter(each => literalsOf(each, 'type').includes(of));
  if (inside === undefined) return those;
  return those.flatMap(each => {
    const field = each.fields.get(inside);
    return field === undefined ? [] : objectsOf(field.shape);
  });
}

function typesOf(type: string): readonly string[] {
  return [...new Set(objectsOf(shapeOf(FILE, type)).flatMap(each => literalsOf(each, 'type')))].toSorted();
}

describe('the table of fields of responses', () => {
  test.each(Object.entries(TYPES))('the table has every field of %s, and no other', (name, types) => {
    const { read, own } = RESPONSES_FIELDS[name as Table];
    const listed = [...read, ...Object.keys(own)];
    const there = new Set(types.flatMap(objects).flatMap(({ fields }) => [...fields.keys()]));

    expect(
      listed.filter(field => there.has(field) || !UNTYPED[name as Table]?.includes(field)).toSorted(),
    ).toStrictEqual([...there].toSorted());
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('the table has every item of a request and of a reply', () => {
    const read = [
      'message',
      'function_call',
      'custom_tool_call',
      'function_call_output',
      'custom_tool_call_output',
      'reasoning',
    ];

    expect([...new Set([...typesOf('ResponseInputItem'), ...typesOf('ResponseOutputItem')])].toSorted()).toStrictEqual(
      [...read, ...Object.keys(OPAQUE_ITEMS)].toSorted(),
    );
  });

  test('the table has every tool of the vendor', () => {
    expect(typesOf('Tool')).toStrictEqual(['custom', 'function', ...Object.keys(OPAQUE_TOOLS)].toSorted());
  });

  test('every field that is kept has a reason', () => {
    for (const { own } of Object.values(RESPONSES_FIELDS))
      for (const { reason } of Object.values(own)) expect(reason).toMatch(/^[a-z].+[^.]$/);
  });
});
