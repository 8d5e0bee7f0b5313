/** Segments from a table's facts about a request that are known before it is sent. */
import { cutBucket, lengthBucket, turnsBucket } from '../../core/ledger/context-buckets.ts';
import type { OutcomeTable } from './outcome-table.ts';

/** Limits of the difficulty buckets. More buckets: fewer intents to learn from in each. */
const DIFFICULTY_CUTS: readonly number[] = [0.3, 0.7];

/** The segment of every intent, with the name that a running router would use; unknown facts are left out. */
export function contextSegments(table: OutcomeTable): readonly string[] {
  return table.ids.map((_, intent) => {
    const parts = [table.contexts[table.context[intent] as number] as string];
    const add = (name: string, value: number | undefined, bucket: (value: number) => string): void => {
      if (value !== undefined && !Number.isNaN(value)) parts.push(`${name}=${bucket(value)}`);
    };
    add('length', table.promptChars[intent], lengthBucket);
    add('turns', table.promptTurns[intent], turnsBucket);
    add('tools', table.promptTools[intent], used => (used === 0 ? 'none' : 'used'));
    add('difficulty', table.difficulty[intent], value => cutBucket(value, DIFFICULTY_CUTS));
    return parts.filter(part => part !== '').join(',');
  });
}
