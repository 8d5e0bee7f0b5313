/**
 * Members of a response that are read, repeat its request, or only say how it was served. All others are reported to the caller.
 */
import { unreadMembers } from '../neutral/unread-members.ts';
import { REPEATED, responseObject } from './response.ts';

const RESPONSE: ReadonlySet<string> = new Set([
  // Every response has these, including the one that is written for the client.
  ...Object.keys(responseObject({ request: {}, id: '', nowS: 0 }, { model: '', status: 'completed', output: [] })),
  ...REPEATED,
  'service_tier',
  'output_text',
  // Members of the request.
  'conversation',
  'frequency_penalty',
  'image',
  'presence_penalty',
  'prompt',
  'prompt_cache_options',
  'prompt_cache_retention',
  // Fields about how the response was served.
  'tool_usage',
  'billing',
]);

/** The names of the members that are not read. */
export function unreadOfResponse(response: unknown): readonly string[] {
  return unreadMembers(response, RESPONSE);
}
