import { describe, expect, test } from 'vitest';
import { bytesOfFile, bytesOfUrl, fileOf, imageOf, urlOfBytes } from '../../../src/translate/openai/bytes.ts';

describe('bytes of images and files', () => {
  test('bytes of images and files are in a data URL, or at an address', () => {
    expect(bytesOfUrl('data:image/png;base64,AAAA')).toStrictEqual({
      kind: 'base64',
      mediaType: 'image/png',
      data: 'AAAA',
    });
    expect(bytesOfUrl('https://a/b.png')).toStrictEqual({ kind: 'url', url: 'https://a/b.png' });
    expect(bytesOfUrl('data:text/plain,hello')).toStrictEqual({ kind: 'url', url: 'data:text/plain,hello' });
  });

  test('images and files have the registered name of their media type, without parameters', () => {
    expect(bytesOfUrl('data:image/jpg;base64,A')).toMatchObject({ mediaType: 'image/jpeg' });
    expect(bytesOfUrl('data:IMAGE/PNG;charset=utf-8;base64,A')).toMatchObject({ mediaType: 'image/png' });
  });

  test('images and files are written back to the same address', () => {
    for (const url of ['data:image/png;base64,AAAA', 'https://a/b.png']) expect(urlOfBytes(bytesOfUrl(url))).toBe(url);
    expect(urlOfBytes({ kind: 'file', id: 'file-1', api: 'openai-chat' })).toBeUndefined();
  });

  test('files may be plain Base64, whose media type is inferred from the file name', () => {
    expect(bytesOfFile('AAAA', 'a.PDF')).toMatchObject({ mediaType: 'application/pdf', data: 'AAAA' });
    expect(bytesOfFile('AAAA', undefined)).toMatchObject({ mediaType: 'application/pdf' });
    expect(bytesOfFile('AAAA', 'a.bin')).toMatchObject({ mediaType: 'application/octet-stream' });
    expect(bytesOfFile('data:text/csv;base64,AAAA', 'a.pdf')).toMatchObject({ mediaType: 'text/csv' });
  });

  test('files may be stored at the vendor, under an id', () => {
    expect(fileOf('file-1', 'openai-chat')).toStrictEqual({ kind: 'file', id: 'file-1', api: 'openai-chat' });
    expect(fileOf(null, 'openai-chat')).toBeUndefined();
  });

  test('images are viewed in the detail that the vendor chooses, unless the caller sets one', () => {
    const from = { kind: 'url', url: 'https://a.example/b.png' } as const;
    expect(imageOf(from, 'low')).toStrictEqual({ kind: 'image', from, detail: 'low' });
    for (const detail of [undefined, null, 'auto']) expect(imageOf(from, detail)?.detail).toBeUndefined();
    expect(imageOf(from, 'ultra')).toBeUndefined();
    expect(imageOf(undefined, 'low')).toBeUndefined();
  });
});
