/**
 * Conversion between bytes and text: with Node's `Buffer` where there is one, which is several times as fast, else with the
 * web platform.
 */

export interface ByteTexts {
  /** A text with one character per byte (Latin-1). */
  readonly latin1Text: (bytes: Uint8Array) => string;
  /** The bytes of a text with one character per byte, in their own buffer, so that the caller may transfer it. */
  readonly latin1Bytes: (text: string) => Uint8Array<ArrayBuffer>;
  /** Decodes a text of one character per byte as UTF-8. */
  readonly utf8Text: (bytes: string) => string;
  /** The base64 of the text's UTF-8 bytes. */
  readonly base64: (text: string) => string;
  /** The bytes of base64 with any line breaks, and with either alphabet. */
  readonly base64Bytes: (text: string) => Uint8Array;
}

/** The functions built on Node's class, or on the web platform alone. */
export function bytesBy(buffer: typeof Buffer | undefined): ByteTexts {
  if (buffer === undefined) return OF_WEB;
  // These methods take any bytes, without wrapping them in an object first.
  const { latin1Slice } = buffer.prototype as { latin1Slice?(this: Uint8Array, start: number, end: number): string };
  return {
    latin1Text:
      latin1Slice === undefined
        ? bytes => buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
        : bytes => latin1Slice.call(bytes, 0, bytes.byteLength),
    latin1Bytes(text) {
      // This memory is not a slice of Node's shared pool.
      const bytes = new Uint8Array(text.length);
      buffer.from(bytes.buffer).write(text, 'latin1');
      return bytes;
    },
    utf8Text: bytes => buffer.from(bytes, 'latin1').toString('utf8'),
    base64: text => buffer.from(text).toString('base64'),
    base64Bytes: text => buffer.from(text, 'base64'),
  };
}

/** Converting more characters in one call would pass too many arguments. */
const PART = 8_192;

const OF_WEB: ByteTexts = {
  latin1Text(bytes) {
    let text = '';
    for (let at = 0; at < bytes.length; at += PART) text += String.fromCharCode(...bytes.subarray(at, at + PART));
    return text;
  },
  latin1Bytes: text => Uint8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)),
  utf8Text: bytes => new TextDecoder('utf-8', { ignoreBOM: true }).decode(OF_WEB.latin1Bytes(bytes)),
  base64: text => btoa(OF_WEB.latin1Text(new TextEncoder().encode(text))),
  base64Bytes(text) {
    const [data = ''] = text
      .replaceAll('-', '+')
      .replaceAll('_', '/')
      .replaceAll(/[^\w+/=]/g, '')
      .split('=');
    // A single base64 character holds no byte.
    return OF_WEB.latin1Bytes(atob(data.length % 4 === 1 ? data.slice(0, -1) : data));
  },
};

export const { latin1Text, latin1Bytes, utf8Text, base64, base64Bytes }: ByteTexts = bytesBy(globalThis.Buffer);

/** The text in UTF-8 that base64 holds. */
export function base64Text(data: string): string {
  return utf8Text(latin1Text(base64Bytes(data)));
}

/** Base64 with the letters that need no escape in a URL, and no padding. */
export function base64url(text: string): string {
  return base64(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
