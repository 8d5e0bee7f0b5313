/** What a file is, by how it begins: the vendor refuses bytes of another type than the one that is said, which others do not read. */
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
