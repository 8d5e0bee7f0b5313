/** Segments from what a table says of a request before it is sent. */
import { lengthBucket } from '../core/length-bucket.ts';
import type { OutcomeTable } from './outcome-table.ts';

/** Parts that a difficulty from 0 to 1 is cut into. */
const LEVELS = ['easy', 'middling', 'hard'] as const;

/**
 * The segment of every intent: its declared context, the bucket of its size and that of its difficulty, as far as they
 * are known, in the same words as live.
 */
export function contextSegments(table: OutcomeTable): readonly string[] {
  return table.ids.map((_, intent) => {
    const parts = [table.contexts[table.context[intent] as number] as string];
    const chars = table.promptChars[intent] as number;
    if (!Number.isNaN(chars)) parts.push(lengthBucket(chars));
    const difficulty = table.difficulty[intent] as number;
    if (!Number.isNaN(difficulty)) parts.push(LEVELS[Math.min(2, Math.floor(3 * difficulty))] as string);
    return parts.filter(part => part !== '').join(' ');
  });
}
