/** The split by id: constants are chosen on `dev`, figures are reported for both parts. */
import { createHash } from 'node:crypto';

export type Split = 'dev' | 'heldout';

export function splitOf(id: string): Split {
  const digest = createHash('sha256').update(`v1:${id}`).digest('hex');
  return Number.parseInt(digest.slice(0, 8), 16) / 2 ** 32 < 0.6 ? 'dev' : 'heldout';
}
