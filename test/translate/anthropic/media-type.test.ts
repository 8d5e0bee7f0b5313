import { expect, test } from 'vitest';
import { mediaTypeOf } from '../../../src/translate/anthropic/media-type.ts';

const typeOf = (text: string, said = 'image/x'): string =>
  mediaTypeOf({ kind: 'base64', mediaType: said, data: Buffer.from(text, 'latin1').toString('base64') });

test('a file is sent with the type that its bytes show, whatever type the caller states', () => {
  expect(typeOf('\x89PNG\r\n\x1a\n....', 'image/jpeg')).toBe('image/png');
  expect(typeOf('\xff\xd8\xff\xe0....', 'application/octet-stream')).toBe('image/jpeg');
  expect(typeOf('GIF89a....')).toBe('image/gif');
  expect(typeOf('RIFF....WEBPVP8 ')).toBe('image/webp');
  expect(typeOf('%PDF-1.7', 'application/octet-stream')).toBe('application/pdf');
  expect(typeOf('hello', 'text/plain')).toBe('text/plain');
});
