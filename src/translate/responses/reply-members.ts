/** What is read of a response, repeats its request, or says only how it was served; the caller is told of anything else. */
import { unreadMembers } from '../neutral/unread-members.ts';
import { REPEATED, responseObject } from './response.ts';

const RESPONSE: ReadonlySet<string> = new Set([
  // Every response has these, and the client's too.
  ...Object.keys(responseObject({ request: {}, id: '', nowS: 0 }, { model: '', status: 'completed', output: [] })),
  ...REPEATED,
  'service_tier',
  'output_text',
  // The request's.
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

/** The names of what is not read. */
export function unreadOfResponse(response: unknown): readonly string[] {
  return unreadMembers(response, RESPONSE);
}
