/** A file's type from its first bytes: the vendor refuses a wrong type, which other vendors do not check. */
import type { Bytes } from '../neutral/conversation.ts';

const BEGINNINGS: readonly (readonly [base64: string, mediaType: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi0', 'application/pdf'],
];

export function mediaTypeOf({ mediaType, data }: Extract<Bytes, { kind: 'base64' }>): string {
  return BEGINNINGS.find(([begin]) => data.startsWith(begin))?.[1] ?? mediaType;
}
