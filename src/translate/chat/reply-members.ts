/**
 * Members of a chat completion and its chunks that are read, or that only say how it was served. All others are reported to the
 * caller.
 */
import { unreadMembers } from '../neutral/unread-members.ts';

const COMPLETION: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'service_tier',
  // One server's own member for the usage.
  'x_groq',
  // Says how the reply was served.
  'system_fingerprint',
  'provider',
  'timings',
  'obfuscation',
  'prompt_filter_results',
]);

const CHOICE: ReadonlySet<string> = new Set([
  'index',
  'message',
  'delta',
  'finish_reason',
  'stop_reason',
  'matched_stop',
  'logprobs',
  'native_finish_reason',
  'content_filter_results',
  'content_filter_offsets',
]);

const MESSAGE: ReadonlySet<string> = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'annotations',
  // Several names of the same field.
  'reasoning_content',
  'reasoning',
  'reasoning_details',
]);

/** The names of the members of a completion or a chunk, and of its choice, that are not read. */
export function unreadOfCompletion(body: unknown, choice: unknown): readonly string[] {
  return [...unreadMembers(body, COMPLETION), ...unreadMembers(choice, CHOICE)];
}

/** The names of the members of a message or a delta that are not read. */
export function unreadOfMessage(message: unknown): readonly string[] {
  return unreadMembers(message, MESSAGE);
}
