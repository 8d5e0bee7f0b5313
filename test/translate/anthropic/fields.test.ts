/** Every field of the SDK's types is read, or is kept with a mark; and every mark belongs to an existing field. */
import { describe, expect, test } from 'vitest';
import { ANTHROPIC_FIELDS, OPAQUE_BLOCKS, OPAQUE_TOOLS } from '../../../src/translate/anthropic/fields.ts';
import { literalsOf, objectsOf, sdkShapes } from '../../support/sdk-shapes.ts';

const FOLDER = 'node_modules/@anthropic-ai/sdk/resources';
const PLAIN = `${FOLDER}/messages/messages.d.ts`;
const BETA = `${FOLDER}/beta/messages/messages.d.ts`;

const { shapeOf } = sdkShapes();

/** The types of the SDK that are one object of our table. */
const TYPES: Readonly<Record<keyof typeof ANTHROPIC_FIELDS, readonly (readonly [file: string, type: string])[]>> = {
  request: both('MessageCreateParamsBase', 'MessageCreateParamsBase'),
  metadata: both('Metadata'),
  output_config: both('OutputConfig'),
  format: both('JSONOutputFormat'),
  thinking: both('ThinkingConfigParam'),
  tool_choice: both('ToolChoice'),
  cache_control: both('CacheControlEphemeral'),
  message: both('MessageParam'),
  tool: both('Tool'),
  text: [...both('TextBlockParam'), ...both('TextBlock')],
  image: both('ImageBlockParam'),
  document: both('DocumentBlockParam', 'BetaRequestDocumentBlock'),
  citations: both('CitationsConfigParam'),
  source: [
    ...['Base64ImageSource', 'URLImageSource', 'FileImageSource'].flatMap(type => both(type)),
    ...['Base64PDFSource', 'PlainTextSource', 'ContentBlockSource', 'URLPDFSource', 'FileDocumentSource'].flatMap(
      type => both(type),
    ),
  ],
  tool_use: [...both('ToolUseBlockParam'), ...both('ToolUseBlock')],
  tool_result: both('ToolResultBlockParam'),
  thinking_block: [...both('ThinkingBlockParam'), ...both('ThinkingBlock')],
  redacted_thinking: [...both('RedactedThinkingBlockParam'), ...both('RedactedThinkingBlock')],
  reply: both('Message'),
};

/** Fields that clients still send, although the newest types no longer have them. */
const GONE: Readonly<Record<string, readonly string[]>> = { request: ['temperature', 'top_p', 'top_k'] };

function both(type: string, beta = `Beta${type}`): readonly (readonly [string, string])[] {
  return [
    [PLAIN, type],
    [BETA, beta],
  ];
}

function fieldsOf(types: readonly (readonly [string, string])[]): readonly string[] {
  const objects = types.flatMap(([file, type]) => objectsOf(shapeOf(file, type)));
  return [...new Set(objects.flatMap(({ fields }) => [...fields.keys()]))].toSorted();
}

function typesOf(types: readonly (readonly [string, string])[], name = 'type'): readonly string[] {
  const objects = types.flatMap(([file, type]) => objectsOf(shapeOf(file, type)));
  return [...new Set(objects.flatMap(object => literalsOf(object, name)))].toSorted();
}

describe('the table of Anthropic’s fields', () => {
  test.each(Object.entries(TYPES))('the table has every field of %s, and no other', (name, types) => {
    const { read, own } = ANTHROPIC_FIELDS[name as keyof typeof ANTHROPIC_FIELDS];
    const listed = [...read, ...Object.keys(own)];

    expect(listed.filter(field => !(GONE[name] ?? []).includes(field)).toSorted()).toStrictEqual(fieldsOf(types));
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('the table has every block of a request and of a reply', () => {
    const read = ['text', 'image', 'document', 'tool_use', 'tool_result', 'thinking', 'redacted_thinking'];
    const inResults = ['tool_reference', 'browser_state'];

    expect([...read, ...Object.keys(OPAQUE_BLOCKS)].toSorted()).toStrictEqual(
      [...typesOf([...both('ContentBlockParam'), ...both('ContentBlock')]), ...inResults].toSorted(),
    );
  });

  test('the table has every tool of the vendor', () => {
    const families = typesOf(both('ToolUnion')).map(type => type.replace(/_\d{8}$/, ''));

    expect(['custom', ...Object.keys(OPAQUE_TOOLS)].toSorted()).toStrictEqual([...new Set(families)].toSorted());
  });

  test.each([
    ['ways of thinking', both('ThinkingConfigParam'), ['adaptive', 'between_tools', 'disabled', 'enabled']],
    ['choices of tools', both('ToolChoice'), ['any', 'auto', 'none', 'tool']],
    ['caches', both('CacheControlEphemeral'), ['ephemeral']],
    ['formats', [...both('JSONOutputFormat')], ['json_schema']],
  ])('the reader knows all %s', (_, types, known) => {
    expect(typesOf(types)).toStrictEqual(known);
  });

  test('the reader knows every role of a message and every reason to stop', () => {
    const stops = [PLAIN, BETA].flatMap(file => {
      const union = shapeOf(file, file === PLAIN ? 'StopReason' : 'BetaStopReason');
      const shape = union.kind === 'named' ? union.shape() : union;
      return shape.kind === 'union'
        ? shape.options.map(each => (each.kind === 'literal' ? String(each.value) : ''))
        : [];
    });

    expect(typesOf(both('MessageParam'), 'role')).toStrictEqual(['assistant', 'system', 'user']);
    expect([...new Set(stops)].toSorted()).toStrictEqual([
      'compaction',
      'end_turn',
      'max_tokens',
      'model_context_window_exceeded',
      'pause_turn',
      'refusal',
      'stop_sequence',
      'tool_use',
    ]);
  });
});
