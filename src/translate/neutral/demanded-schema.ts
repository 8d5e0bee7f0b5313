/** What a request demands of its reply by a schema, as its own vendor would guarantee it. */
import type { Conversation } from './conversation.ts';

/**
 * @returns the schema; `undefined` if it is not binding: an OpenAI format that is not strict, or used together with stop
 * sequences
 */
export function demandedSchema({ api, output, settings }: Pick<Conversation, 'api' | 'output' | 'settings'>): unknown {
  if (output?.kind !== 'schema' || (settings.stop?.length ?? 0) > 0) return undefined;
  return api === 'anthropic-messages' || output.strict === true ? output.schema : undefined;
}

/** Keywords that describe and cannot be violated. */
export const REMARKS: ReadonlySet<string> = new Set([
  'default',
  'deprecated',
  'description',
  'example',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
  '$anchor',
  '$comment',
  '$id',
  '$schema',
]);
