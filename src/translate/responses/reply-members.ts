/** What is read of a response, repeats its request, or says only how it was served; the caller is told of anything else. */
import { unreadMembers } from '../neutral/unread-members.ts';

const RESPONSE: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created_at',
  'completed_at',
  'model',
  'status',
  'error',
  'incomplete_details',
  'output',
  'output_text',
  'usage',
  'service_tier',
  // The request's.
  'access_programs',
  'background',
  'conversation',
  'frequency_penalty',
  'image',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'presence_penalty',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'store',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
  // How it was served.
  'tool_usage',
  'billing',
]);

/** The names of what is not read. */
export function unreadOfResponse(response: unknown): readonly string[] {
  return unreadMembers(response, RESPONSE);
}
