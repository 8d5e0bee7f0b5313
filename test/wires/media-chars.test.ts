import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CountingModel } from '../../src/wires/media-chars.ts';
import { promptChars } from '../../src/wires/media-chars.ts';

const claude: CountingModel = { api: 'anthropic-messages', model: 'claude-sonnet-4-5' };
const fine: CountingModel = { api: 'anthropic-messages', model: 'claude-opus-4-8' };
const gpt = (model: string): CountingModel => ({ api: 'openai-chat', model });

/** Bytes that begin as a file does; the rest is empty. */
function fileOf(begin: readonly (number | string)[], length = 6_000): Buffer {
  const head = Buffer.concat(begin.map(part => (typeof part === 'string' ? Buffer.from(part, 'latin1') : be(part))));
  return Buffer.concat([head, Buffer.alloc(length - head.length)]);
}

const be = (value: number): Buffer => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
const be16 = (value: number): string => String.fromCharCode(value >> 8, value & 255);
const le16 = (value: number): string => String.fromCharCode(value & 255, value >> 8);

const png = (width: number, height: number): Buffer => fileOf(['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', width, height]);

/** Tokens that a request has beside its other text, with the file in the format of one of the APIs. */
function tokens(
  file: Buffer,
  by: CountingModel,
  { type = 'image/png', detail = undefined as string | undefined } = {},
) {
  const data = file.toString('base64');
  const url = `data:${type};base64,${data}`;
  const part =
    by.api === 'anthropic-messages'
      ? { type: 'image', source: { type: 'base64', media_type: type, data } }
      : { type: 'image_url', image_url: { url, detail } };
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: [part] }] });
  return (promptChars(body, by) - (body.length - data.length)) / 4;
}

test.each([
  // https://platform.claude.com/docs/en/build-with-claude/vision
  ['claude-sonnet-4-5', claude, 200, 200, 64],
  ['claude-sonnet-4-5', claude, 1_000, 1_000, 1_296],
  ['claude-sonnet-4-5', claude, 8_000, 6_000, 1_568],
  ['claude-sonnet-4-5', claude, 3_136, 280, 56 * 5],
  ['claude-opus-4-8', fine, 2_000, 1_500, 72 * 54],
  ['claude-opus-4-8', fine, 8_000, 8_000, 4_784],
  // https://platform.openai.com/docs/guides/images-vision: the examples of the page
  ['gpt-4o', gpt('gpt-4o'), 1_024, 1_024, 765],
  ['gpt-4o', gpt('gpt-4o'), 2_048, 4_096, 1_105],
  ['gpt-4.1-mini', gpt('gpt-4.1-mini'), 1_024, 1_024, 1_024 * 1.62],
  // At most: the page scales it to 1,452.
  ['gpt-4.1-mini', gpt('gpt-4.1-mini'), 1_800, 2_400, 1_536 * 1.62],
  ['gpt-5', gpt('gpt-5-2025-08-07'), 1_024, 1_024, 70 + 4 * 140],
  ['gpt-5-nano', gpt('gpt-5-nano'), 320, 320, 246],
  ['o3', gpt('o3'), 512, 512, 225],
  ['o4-mini', gpt('o4-mini'), 320, 320, 172],
  ['gpt-4o-mini', gpt('gpt-4o-mini'), 512, 512, 8_500],
  ['gpt-5.4', gpt('gpt-5.4'), 320, 320, 120],
])('an image is estimated as the vendor of %s publishes', (_, by, width, height, expected) => {
  expect(tokens(png(width, height), by)).toBeCloseTo(expected, 0);
});

test('an image in low detail costs only its base tokens, wherever the request states the detail', () => {
  expect(tokens(png(2_000, 2_000), gpt('gpt-4o'), { detail: 'low' })).toBe(85);
  const url = `data:image/png;base64,${png(2_000, 2_000).toString('base64')}`;
  const first = JSON.stringify({ type: 'input_image', detail: 'low', image_url: url });
  expect(promptChars(first, gpt('gpt-5')) - first.length + png(1, 1).toString('base64').length).toBe(4 * 70);
});

/** An image of 560 × 840 pixels: 600 patches of 28. */
const IMAGES = {
  GIF: fileOf(['GIF89a', le16(560), le16(840)]),
  'JPEG behind a long segment': fileOf([
    `\xff\xd8\xff\xe1${be16(4_000)}${'x'.repeat(3_998)}`,
    `\xff\xc4${be16(4)}..\xff\xc2${be16(17)}\x08${be16(840)}${be16(560)}\x03`,
  ]),
};

test.each(Object.entries(IMAGES))(
  'the size of an image is read from its file, whatever media type is stated: %s',
  (_, file) => {
    expect(tokens(file, claude, { type: 'image/png' })).toBe(600);
  },
);

test('an image whose size cannot be read, such as a WebP, counts as a large one', () => {
  expect(tokens(fileOf(['RIFF....WEBPVP8X']), claude, { type: 'image/webp' })).toBe(1_568);
  const lost = fileOf(['\xff\xd8\xff\xe0\x00\x04..not a segment']);
  expect(tokens(lost, claude, { type: 'image/jpeg' })).toBe(1_568);
  expect(tokens(Buffer.alloc(1_000_000), claude)).toBe(1_568);
});

test('a screenshot of this repository is estimated by its size in pixels', () => {
  // 1650 × 1350: 2048 and 768 make it 939 × 768, which is four tiles.
  const screenshot = readFileSync(new URL('../../docs/images/report.png', import.meta.url));
  expect(tokens(screenshot, gpt('gpt-4o'))).toBe(85 + 4 * 170);
});

test('a document costs 3,000 tokens for each page that can be counted, and at least one', () => {
  const pages = '%PDF-1.7\n<< /Type /Pages /Count 2 >>\n<< /Type /Page >>\n<</Type/Page/Parent 1 0 R>>';
  const type = 'application/pdf';
  expect(tokens(fileOf([pages]), claude, { type })).toBe(6_000);
  expect(tokens(fileOf(['%PDF-1.7 compressed']), gpt('gpt-5'), { type })).toBe(3_000);
  expect(tokens(fileOf(['PK\x03\x04']), gpt('gpt-5'), { type: 'application/vnd.ms-excel' })).toBe(3_000);
});

test('text in base64 costs as much as plain text', () => {
  expect(tokens(Buffer.from('word '.repeat(2_000)), gpt('gpt-5'), { type: 'text/csv' })).toBe(2_500);
});

describe('speech', () => {
  const wav = fileOf(['RIFF....WAVEfmt ....', '........', `${le16(48_000)}\0\0`], 48_000 * 6);
  const speech = (file: Buffer, format: string): number => {
    const data = file.toString('base64');
    const body = JSON.stringify({ messages: [{ content: [{ type: 'input_audio', input_audio: { data, format } }] }] });
    return (promptChars(body, gpt('gpt-audio')) - (body.length - data.length)) / 4;
  };

  test('speech costs 10 tokens a second', () => {
    expect(speech(wav, 'wav')).toBe(60);
    expect(speech(fileOf(['ID3'], 32_000), 'mp3')).toBe(20);
    expect(speech(fileOf(['\xff\xfb\x90'], 32_000), 'mp3')).toBe(20);
    expect(speech(Buffer.alloc(32_000), 'mp3')).toBe(20);
  });
});

test('signatures, encrypted reasoning, arguments and short requests count by their characters', () => {
  const long = 'Q'.repeat(5_000);
  const bodies = [
    { content: [{ type: 'thinking', thinking: '', signature: long }] },
    { content: [{ type: 'redacted_thinking', data: long }] },
    { input: [{ type: 'reasoning', encrypted_content: long }] },
    { arguments: JSON.stringify({ file: `data:image/png;base64,${long}` }) },
    { content: `see data:image/png;base64,${long}` },
    { image: `data:image/png;base64,${'Q'.repeat(1_000)}` },
  ].map(body => JSON.stringify(body));
  for (const body of bodies) expect(promptChars(body, claude)).toBe(body.length);
});

test('a file of any length is estimated', () => {
  const body = `{"data":"${'A'.repeat(40_000_000)}","media_type":"image/png"}`;
  expect(promptChars(body, claude)).toBeLessThan(7_000);
});
