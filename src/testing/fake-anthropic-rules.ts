/** Requests that Anthropic refuses for reasons other than thinking, in its wording. */
import type { ErrorKind } from './fake-errors.ts';
import type { Json } from './fake-request.ts';
import { listOf, objectOf, textOr } from './fake-request.ts';

/** The error with which a request with thinking is refused; `undefined` for a request that follows the vendor's rules. */
export function brokenThinkingRule(body: Json): ErrorKind | undefined {
  const { type, budget_tokens: budget } = objectOf(body.thinking);
  if (type !== 'enabled' && type !== 'adaptive') return undefined;
  const broken = (message: string): ErrorKind => ({ kind: 'broken-rule', message });
  if (['any', 'tool'].includes(textOr(objectOf(body.tool_choice).type, '')))
    return broken('Thinking may not be enabled when tool_choice forces tool use.');
  if (body.temperature !== undefined && body.temperature !== 1)
    return broken('`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.');
  if (body.top_k !== undefined) return broken('`top_k` must be unset when thinking is enabled or in adaptive mode.');
  if (typeof body.top_p === 'number' && body.top_p < 0.95)
    return broken(
      '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode.',
    );
  if (type === 'adaptive') return undefined;
  if (Number(body.max_tokens) <= Number(budget))
    return broken('`max_tokens` must be greater than `thinking.budget_tokens`.');
  return unseen(listOf(body.messages)) ? broken(UNSEEN) : undefined;
}

const UNSEEN =
  'messages: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceding the lastmost set of `tool_use` and `tool_result` blocks).';

/** Whether the model would have to continue its output since the question without the thinking that preceded it. */
function unseen(messages: readonly Json[]): boolean {
  const question = messages.findLastIndex(
    ({ role, content }) => role === 'user' && !listOf(content).some(({ type }) => type === 'tool_result'),
  );
  const last = messages.slice(question + 1).findLast(({ role }) => role === 'assistant');
  if (last === undefined) return false;
  return !['thinking', 'redacted_thinking'].includes(textOr(listOf(last.content)[0]?.type, ''));
}
