/**
 * The length of a request that contains files: their base64 is not text, so their tokens are counted by the rules that their
 * vendor publishes. Loaded with the first request that is long enough for a file.
 */
import { base64Bytes, latin1Text } from '../bytes.ts';
import { CHARS_PER_TOKEN, MIN_CHARS_WITH_FILE } from '../core/ledger/usage.ts';

/** A shorter text is not examined. */
const MIN_FILE_CHARS = 200;
const DATA_URL = /data:([\w/+.-]*)[\w;=-]*;base64,/y;
/** Searched for from the start of the base64: matching a whole file with one expression would overflow the stack. */
const NO_BASE64 = /[^\w+/=]/g;
/**
 * Characters of the neighboring members that are read: they contain the type, or the detail in which the model sees the image.
 */
const BESIDE = 64;
const TYPE = /"(?:media_type|format)": ?"([\w/+.-]+)"/;
const LOW = /"detail": ?"low"/;

/** The longest side that Claude sees, pixels, and the maximum tokens of an image. Models from Opus 4.7 on see more. */
const CLAUDE = [1_568, 1_568] as const;
const FINE_CLAUDE = [2_576, 4_784] as const;
const IS_FINE = /opus-4-[7-9]|claude-(?:\w+-)?[5-9]/;

/** OpenAI's models that count an image as patches of 32 pixels, at most 1,536 of them, with the tokens of one patch. */
const PATCHES = 1_536;
const PATCH_TOKENS: readonly (readonly [name: RegExp, tokens: number])[] = [
  [/o4-mini|codex-mini/, 1.72],
  [/(?:5|4\.1)-nano/, 2.46],
  [/(?:5|4\.1)-mini/, 1.62],
  [/5\.[2-9]/, 1.2],
];
/** For other models: tokens for an image, and for each of its tiles of 512 pixels. */
const TILE_TOKENS: readonly (readonly [name: RegExp, base: number, tile: number])[] = [
  [/4o-mini/, 2_833, 5_667],
  [/^o\d/, 75, 150],
  [/gpt-5/, 70, 140],
  [/(?:)/, 85, 170],
];

/** Anthropic: a page takes 1,500 to 3,000 tokens of text, and is also an image. OpenAI publishes no number. */
const PAGE_TOKENS = 3_000;
/** OpenAI: one token for 100 ms of a user's speech. */
const AUDIO_TOKENS_PER_SECOND = 10;
/** For an MP3, whose header does not state its length: 128 kbit/s. */
const MP3_BYTES_PER_SECOND = 16_000;

export interface CountingModel {
  readonly api: string;
  /** The provider's name of the model. */
  readonly model: string;
}

/** Characters of a text that has as many tokens as the request, {@link CHARS_PER_TOKEN} for each. */
export function promptChars(body: string, by: CountingModel): number {
  let chars = body.length;
  if (chars < MIN_CHARS_WITH_FILE) return chars;
  let end = 0;
  for (let quote = body.indexOf('"'); quote >= 0; quote = body.indexOf('"', end)) {
    DATA_URL.lastIndex = quote + 1;
    const url = DATA_URL.exec(body);
    const start = quote + 1 + (url?.[0].length ?? 0);
    NO_BASE64.lastIndex = start;
    end = NO_BASE64.exec(body)?.index ?? body.length;
    if (end - start < MIN_FILE_CHARS || body[end] !== '"') continue;
    const beside = body.slice(Math.max(0, quote - BESIDE), quote) + body.slice(end, end + BESIDE);
    const type = url?.[1] ?? TYPE.exec(beside)?.[1];
    const file = base64Bytes(body.slice(start, end));
    const tokens = tokensOf(file, type, { ...by, isLow: LOW.test(beside) });
    if (tokens !== undefined) chars += Math.ceil(CHARS_PER_TOKEN * tokens) - (end - start);
  }
  return chars;
}

interface Counting extends CountingModel {
  /** The request asks that the model see the image at low resolution. */
  readonly isLow: boolean;
}

/**
 * `undefined` for data that is not a file: a signature, or encrypted reasoning. The first bytes are more reliable than the
 * stated type.
 */
function tokensOf(file: Uint8Array, type: string | undefined, by: Counting): number | undefined {
  const head = latin1Text(file.subarray(0, 16));
  if (head.startsWith('RIFF') && head.includes('WAVE')) return speechTokens(file, numbersIn(file).getUint32(28, true));
  const size = sizeOf(file, head);
  if (size !== undefined) return imageTokens(size, by);
  if (/^(?:ID3|\xff[\xe0-\xff])/.test(head)) return speechTokens(file);
  if (head.startsWith('%PDF')) return PAGE_TOKENS * (latin1Text(file).match(/\/Type ?\/Page\b/g)?.length ?? 1);
  if (type === undefined) return undefined;
  if (type.startsWith('image/')) return imageTokens(LARGE, by);
  if (/^audio\/|^wav$|^mp3$/.test(type)) return speechTokens(file);
  return type.startsWith('text/') ? file.length / CHARS_PER_TOKEN : PAGE_TOKENS;
}

function speechTokens({ length }: Uint8Array, bytesPerSecond = MP3_BYTES_PER_SECOND): number {
  return (AUDIO_TOKENS_PER_SECOND * length) / (bytesPerSecond || MP3_BYTES_PER_SECOND);
}

/** Tokens of an image of this size, by the vendors' published rules. */
function imageTokens([width, height]: readonly [number, number], { api, model, isLow }: Counting): number {
  const cover = (pixels: number, scale: number): number =>
    Math.ceil((width * scale) / pixels) * Math.ceil((height * scale) / pixels);
  const within = (pixels: number): number => Math.min(1, pixels / Math.max(width, height));
  if (api === 'anthropic-messages') {
    const [side, most] = IS_FINE.test(model) ? FINE_CLAUDE : CLAUDE;
    return Math.min(cover(28, within(side)), most);
  }
  const patch = PATCH_TOKENS.find(([name]) => name.test(model));
  if (patch !== undefined) return patch[1] * Math.min(cover(32, 1), PATCHES);
  const [, base, tile] = TILE_TOKENS.find(([name]) => name.test(model)) as (typeof TILE_TOKENS)[number];
  return isLow ? base : base + tile * cover(512, Math.min(within(2_048), 768 / Math.min(width, height)));
}

function numbersIn({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Width and height of an image, pixels. */
function sizeOf(file: Uint8Array, head: string): readonly [number, number] | undefined {
  if (head.startsWith('\x89PNG')) return [numbersIn(file).getUint32(16), numbersIn(file).getUint32(20)];
  if (head.startsWith('GIF8')) return [numbersIn(file).getUint16(6, true), numbersIn(file).getUint16(8, true)];
  return head.startsWith('\xff\xd8') ? jpegSize(file) : undefined;
}

/** Assumed size of an image of another kind, or without a size. */
const LARGE = [1_568, 1_568] as const;

/** Reads the size from the first frame header (SOF), which follows segments of any length. */
function jpegSize(file: Uint8Array): readonly [number, number] {
  const numbers = numbersIn(file);
  for (let at = 2; at + 9 < file.length && file[at] === 0xff; at += 2 + numbers.getUint16(at + 2)) {
    const marker = file[at + 1] as number;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [numbers.getUint16(at + 7), numbers.getUint16(at + 5)];
  }
  return LARGE;
}
