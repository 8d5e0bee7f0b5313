import { describe, expect, test } from 'vitest';
import { fileContent, resultContent } from '../../src/ai-sdk/files.ts';

const bytes = new Uint8Array([1, 2, 3]);
const url = 'https://example.com/a';

describe('a file of a prompt', () => {
  test.each([
    ['bytes, version 7', { type: 'data', data: bytes }],
    ['bytes, version 6', bytes],
    ['base64, version 7', { type: 'data', data: 'AQID' }],
    ['base64, version 6', 'AQID'],
  ] as const)('an image as %s is written as a data URL', (_, data) => {
    expect(fileContent({ type: 'file', data, mediaType: 'image/png' }, 'p')).toEqual({
      type: 'input_image',
      image_url: 'data:image/png;base64,AQID',
    });
  });

  test.each([[{ type: 'url', url: new URL(url) }], [new URL(url)], [url]] as const)(
    'a URL stays a URL, whatever object contains it',
    data => {
      expect(fileContent({ type: 'file', data, mediaType: 'image/png' }, 'p')).toEqual({
        type: 'input_image',
        image_url: url,
      });
      expect(fileContent({ type: 'file', data, mediaType: 'application/pdf' }, 'p')).toEqual({
        type: 'input_file',
        file_url: url,
      });
    },
  );

  test('a document keeps its name', () => {
    const part = { type: 'file', data: bytes, mediaType: 'application/pdf' } as const;
    const file_data = 'data:application/pdf;base64,AQID';
    expect(fileContent({ ...part, filename: 'a.pdf' }, 'p')).toEqual({
      type: 'input_file',
      filename: 'a.pdf',
      file_data,
    });
    expect(fileContent(part, 'p')).toEqual({ type: 'input_file', filename: 'file', file_data });
  });

  test('a text is written as a file in UTF-8', () => {
    const data = { type: 'text', text: 'é' } as const;
    expect(fileContent({ type: 'file', data, mediaType: 'text/plain' }, 'p')).toMatchObject({
      file_data: 'data:text/plain;base64,w6k=',
    });
  });

  test('an image of a type that the AI SDK could not detect gets a type that vendors accept', () => {
    expect(fileContent({ type: 'file', data: 'AQID', mediaType: 'image/*' }, 'p')).toMatchObject({
      image_url: 'data:image/jpeg;base64,AQID',
    });
  });

  test('an OpenAI file id is sent as a file id, and an id of another provider is refused', () => {
    const file = (reference: Record<string, string>, mediaType: string) =>
      fileContent({ type: 'file', data: { type: 'reference', reference }, mediaType }, 'prompt[0]');
    expect(file({ openai: 'file-1' }, 'image/png')).toEqual({ type: 'input_image', file_id: 'file-1' });
    expect(file({ openai: 'file-1' }, 'application/pdf')).toEqual({ type: 'input_file', file_id: 'file-1' });
    expect(() => file({ anthropic: 'file-1' }, 'image/png')).toThrow('prompt[0]: "a file of another provider"');
  });

  test('audio is refused, because the API has no field for it', () => {
    expect(() => fileContent({ type: 'file', data: bytes, mediaType: 'audio/wav' }, 'prompt[0]')).toThrow(
      'prompt[0].mediaType: "audio/wav" is not accepted',
    );
  });
});

test.each([
  [
    { type: 'text', text: 'a' },
    { type: 'input_text', text: 'a' },
  ],
  [
    { type: 'file', data: { type: 'data', data: bytes }, mediaType: 'image/png' },
    { image_url: 'data:image/png;base64,AQID' },
  ],
  [{ type: 'file-data', data: 'AQID', mediaType: 'text/plain' }, { file_data: 'data:text/plain;base64,AQID' }],
  [{ type: 'image-data', data: 'AQID', mediaType: 'image/png' }, { image_url: 'data:image/png;base64,AQID' }],
  [
    { type: 'file-url', url },
    { type: 'input_file', file_url: url },
  ],
  [
    { type: 'image-url', url },
    { type: 'input_image', image_url: url },
  ],
  [
    { type: 'file-id', fileId: 'file-1' },
    { type: 'input_file', file_id: 'file-1' },
  ],
  [
    { type: 'image-file-id', fileId: { openai: 'file-1' } },
    { type: 'input_image', file_id: 'file-1' },
  ],
] as const)('a part of a tool’s result is written as content: $type', (part, written) => {
  expect(resultContent(part, 'p')).toMatchObject(written);
});

test('a part of a tool result that only another provider knows is refused', () => {
  expect(() => resultContent({ type: 'custom' }, 'p')).toThrow('p.type: "custom" is not accepted');
});
